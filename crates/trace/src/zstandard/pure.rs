//! The same in Rust.

use std::error::Error;
use std::io::{self, BufRead, Read, Write};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// So much is packed at once: the packer has no memory of what came before, and holds all of it.
const PIECE: usize = 1 << 20;

pub(crate) fn encoder<W: Write>(output: W) -> io::Result<Encoder<W>> {
    Ok(Encoder {
        output,
        piece: Vec::with_capacity(PIECE),
        begun: false,
    })
}

pub(crate) fn decoder<R: BufRead>(input: R) -> io::Result<Decoder<R>> {
    Decoder::new(input)
}

/// Packs piece by piece, each into a frame of its own, as if packed parts had been put one behind the other.
pub(crate) struct Encoder<W> {
    output: W,
    piece: Vec<u8>,
    /// Whether there is a frame: nothing, packed, is one, too.
    begun: bool,
}

impl<W: Write> Encoder<W> {
    /// Packs what is left.
    pub(crate) fn do_finish(&mut self) -> io::Result<()> {
        if self.piece.is_empty() && self.begun {
            return Ok(());
        }
        self.begun = true;
        let packed = compress_to_vec(&*self.piece, CompressionLevel::Fastest);
        self.piece.clear();
        self.output.write_all(&packed)
    }

    pub(crate) fn get_mut(&mut self) -> &mut W {
        &mut self.output
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE - self.piece.len();
        let taken = &bytes[..bytes.len().min(room)];
        self.piece.extend_from_slice(taken);
        if self.piece.len() == PIECE {
            self.do_finish()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.do_finish()?;
        self.output.flush()
    }
}

/// Unpacks frame after frame. Of one that is cut off it gives what is whole, and then says so.
pub(crate) struct Decoder<R> {
    frame: FrameDecoder,
    input: R,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A frame may begin.
    Between,
    /// Within a frame.
    Within,
    /// Within one that was cut off.
    CutOff,
}

/// A frame without content.
const EMPTY: [u8; 9] = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 0x01, 0, 0];
/// A block without content, which is the last of its frame, and room for a checksum.
const LAST_BLOCK: [u8; 7] = [0x01, 0, 0, 0, 0, 0, 0];

impl<R: BufRead> Decoder<R> {
    fn new(input: R) -> io::Result<Self> {
        let mut frame = FrameDecoder::new();
        // Only from its second frame on it refuses one that wants too much memory.
        frame.init(&EMPTY[..]).map_err(failed)?;
        Ok(Self {
            frame,
            input,
            stage: Stage::Between,
        })
    }

    /// Begins the next frame, if there is one.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.input.fill_buf()?.is_empty() {
            match self.frame.init(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    io::copy(&mut self.input.by_ref().take(length), &mut io::sink())?;
                }
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(false)
    }

    /// Unpacks so many bytes more, if the frame has them.
    fn go_on(&mut self, bytes: usize) -> io::Result<()> {
        let enough = BlockDecodingStrategy::UptoBytes(bytes);
        match self.frame.decode_blocks(&mut self.input, enough) {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = failed(error);
                if error.kind() != io::ErrorKind::UnexpectedEof {
                    return Err(error);
                }
                // It gives its last bytes only when it has come to an end.
                self.stage = Stage::CutOff;
                let end = BlockDecodingStrategy::All;
                self.frame
                    .decode_blocks(&LAST_BLOCK[..], end)
                    .map_err(failed)?;
                Ok(())
            }
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if self.stage == Stage::Between {
                if !self.begin()? {
                    return Ok(0);
                }
                self.stage = Stage::Within;
            }
            while !self.frame.is_finished() && self.frame.can_collect() < out.len() {
                self.go_on(out.len() - self.frame.can_collect())?;
            }
            match self.frame.read(out)? {
                0 if self.stage == Stage::CutOff => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                0 => self.stage = Stage::Between,
                n => return Ok(n),
            }
        }
    }
}

/// What the decoder says; that the input has ended too early is told as such, however deep it says so.
fn failed(error: FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return io.kind().into();
        }
        cause = inner.source();
    }
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text that packs well, and bytes that do not.
    fn samples() -> Vec<Vec<u8>> {
        let mut number = 1_u64;
        let mut noise = || {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (number >> 33) as u8
        };
        let noise: Vec<u8> = (0..300_000).map(|_| noise()).collect();
        let text = b"{\"seq\":1,\"ev\":\"event_add\"}\n".repeat(100_000);
        vec![Vec::new(), b"x".to_vec(), noise, text]
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = encoder(Vec::new()).unwrap();
        encoder.write_all(bytes).unwrap();
        encoder.do_finish().unwrap();
        std::mem::take(encoder.get_mut())
    }

    fn unpacked(packed: &[u8]) -> (Vec<u8>, io::Result<usize>) {
        let mut bytes = Vec::new();
        let read = decoder(packed).unwrap().read_to_end(&mut bytes);
        (bytes, read)
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        for bytes in samples() {
            let packed = packed(&bytes);
            let (back, read) = unpacked(&packed);
            assert_eq!(read.unwrap(), bytes.len());
            assert!(back == bytes);
        }
    }

    /// Either side reads what the other has written.
    #[cfg(target_os = "linux")]
    #[test]
    fn it_is_the_format_of_the_c_library() {
        for bytes in samples() {
            let mut by_c = super::super::c::encoder(Vec::new()).unwrap();
            by_c.write_all(&bytes).unwrap();
            let by_c = by_c.finish().unwrap();
            assert!(unpacked(&by_c).0 == bytes);

            let packed = packed(&bytes);
            let mut back = Vec::new();
            let mut c = super::super::c::decoder(&*packed).unwrap();
            c.read_to_end(&mut back).unwrap();
            assert!(back == bytes);
        }
    }

    #[test]
    fn of_what_is_cut_off_there_is_what_came_before() {
        for bytes in samples().into_iter().filter(|bytes| bytes.len() > 1) {
            let mut by_c = super::super::c::encoder(Vec::new()).unwrap();
            by_c.include_checksum(true).unwrap();
            by_c.write_all(&bytes).unwrap();
            for packed in [packed(&bytes), by_c.finish().unwrap()] {
                let mut most = 0;
                for part in 1..100 {
                    let (back, read) = unpacked(&packed[..packed.len() * part / 100]);
                    assert!(bytes.starts_with(&back));
                    assert!(back.len() >= most, "{part} %");
                    most = back.len();
                    // A cut between two frames is not seen here.
                    let whole = read.is_ok() && back.len().is_multiple_of(PIECE);
                    let cut = read.is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof);
                    assert!(cut || whole, "{part} %");
                }
                assert!(most * 2 > bytes.len(), "{most} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn frames_that_are_no_data_are_left_out() {
        let mut parts = packed(b"one ");
        parts.extend([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, b'a', b'b', b'c']);
        parts.extend(packed(b"two"));
        assert_eq!(unpacked(&parts).0, b"one two");
    }

    #[test]
    fn what_is_not_packed_is_refused() {
        for wrong in [
            &b"{\"evscope\":1}\n"[..],
            &[0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff],
        ] {
            assert!(unpacked(wrong).1.is_err());
        }
    }

    /// Nobody is made to keep more than the format's usual 128 MiB.
    #[test]
    fn a_frame_that_wants_too_much_memory_is_refused() {
        // A window of 2^40 bytes.
        let wants_a_tebibyte = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf0, 0x01, 0, 0];
        let error = unpacked(&wants_a_tebibyte).1.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
