//! The recorder's side of the ring: making it, and taking records out of it.

use std::ffi::OsStr;
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Seek};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::{Duration, Instant};

use evscope_wire::{self as wire, Begins, CONTROL_BYTES, Control, MAGIC, Slot, Tag, Words, args};
use evscope_words::text;
use memmap2::{MmapOptions, MmapRaw};

use crate::spool;

/// The file both sides map.
pub(crate) struct Ring {
    path: PathBuf,
    /// The file, if this process made it: it goes when nobody here needs it any more, and is locked until then. (One
    /// whose recorder was killed stays.)
    made: Option<File>,
    map: MmapRaw,
    capacity: u64,
    /// Since when the slot at the tail has been reserved and not written.
    stuck: Option<(u64, Instant)>,
    /// Slots given up because their thread died.
    abandoned: u64,
}

/// Where in the control block's page the path of the spool is, and how long it may be.
const SPOOL_AT: usize = CONTROL_BYTES / 2;
const SPOOL_BYTES: usize = CONTROL_BYTES - SPOOL_AT;
const _: () = assert!(size_of::<Control>() <= SPOOL_AT);

/// How the names of rings begin and end.
const PREFIX: &str = "evscope-";
const SUFFIX: &str = ".ring";

/// A name for a new ring in a folder. It is not to be guessed: in a folder for all, somebody could have it before.
pub(crate) fn new_name(folder: &Path) -> PathBuf {
    folder.join(format!("{PREFIX}{:016x}{SUFFIX}", random()))
}

/// A number that nobody can guess.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Keeps in a new ring where its recording is, before anything else.
fn write_spool(file: &File, spool: &Path) -> io::Result<()> {
    let path = std::path::absolute(spool)?;
    let path = path.as_os_str().as_bytes();
    match path.len() < SPOOL_BYTES {
        true => file.write_all_at(path, SPOOL_AT as u64),
        false => Ok(()),
    }
}

/// Where the recording of a ring is, if it says so.
fn read_spool(file: &File) -> io::Result<Option<PathBuf>> {
    let mut bytes = Vec::new();
    let mut file = file;
    file.seek(io::SeekFrom::Start(SPOOL_AT as u64))?;
    file.take(SPOOL_BYTES as u64).read_to_end(&mut bytes)?;
    let end = bytes.iter().position(|byte| *byte == 0);
    let path = &bytes[..end.unwrap_or(bytes.len())];
    Ok((!path.is_empty()).then(|| OsStr::from_bytes(path).into()))
}

/// Removes the rings in these folders that nobody needs any more: that no recording names which goes on or could
/// still be finished.
pub(crate) fn sweep(folders: &[PathBuf]) {
    let entries = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok());
    for entry in entries.flatten().flatten() {
        let name = entry.file_name();
        let is_ring = name
            .to_str()
            .is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if is_ring && is_orphan(&entry.path()).unwrap_or(false) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether nobody needs this ring; `None` if that cannot be known.
fn is_orphan(path: &Path) -> Option<bool> {
    let file = File::options()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
        .ok()?;
    let metadata = file.metadata().ok()?;
    // SAFETY: the call has no conditions.
    let own = metadata.uid() == unsafe { libc::geteuid() };
    if !metadata.is_file() || !own {
        return Some(false);
    }
    // Its recorder is at work, maybe where other file systems are mounted and its spool is another file.
    if spool::lock(&file, libc::LOCK_SH).is_err() {
        return Some(false);
    }
    match read_spool(&file).ok()? {
        Some(spool) => spool::names(&spool, path).map(|named| !named),
        // Where its recording is, is written a moment after it is made, so its recorder was killed then.
        None if metadata.len() == 0 => Some(metadata.modified().ok()?.elapsed().ok()? > PATIENCE),
        None => None,
    }
}

/// The same file behind the descriptors that shells and programs use, if there may be so many: the program inherits it.
fn out_of_the_way(file: File) -> File {
    const LEAST: i32 = 100;
    // SAFETY: duplicates a descriptor of ours.
    let copy = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_DUPFD_CLOEXEC, LEAST) };
    match copy {
        // SAFETY: it was made just now, and is nobody else's.
        0.. => unsafe { File::from_raw_fd(copy) },
        _ => file,
    }
}

/// How long a writer may take between reserving a slot and writing it before it counts as dead.
const PATIENCE: Duration = Duration::from_secs(2);

impl Ring {
    /// Makes a ring of `slots` slots (a power of two) in a new file that only this user can read, for the recording with
    /// this spool.
    pub(crate) fn create(path: &Path, slots: u64, spool: &Path) -> io::Result<Self> {
        let file = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map(out_of_the_way)?;
        let mut ring = spool::lock_for_writing(&file)
            .and_then(|()| write_spool(&file, spool))
            .and_then(|()| Self::fill(&file, path, slots))
            .inspect_err(|_| {
                let _ = std::fs::remove_file(path);
            })?;
        ring.made = Some(file);
        ring.control().capacity.store(slots, Relaxed);
        ring.control().magic.store(MAGIC, Release);
        Ok(ring)
    }

    /// Gives a new file all its room, and maps it. Who writes to a page of a mapping for which there is no room
    /// dies of it, the program as well as the recorder.
    fn fill(file: &File, path: &Path, slots: u64) -> io::Result<Self> {
        allocate(
            file,
            CONTROL_BYTES as u64 + slots * size_of::<Slot>() as u64,
        )?;
        let ring = Self::map(file, path, slots)?;
        // The pages are made here, so that the program need not wait for them.
        match ring.map.advise(memmap2::Advice::PopulateWrite) {
            // A kernel before 5.14 does not know how.
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => Ok(ring),
            Err(error) => Err(error),
            Ok(()) => Ok(ring),
        }
    }

    /// Opens one that a recorder left behind.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        // A name may come from anywhere; to open a device can do something.
        if !std::fs::symlink_metadata(path)?.is_file() {
            return Err(io::Error::other(text!(record_not_a_ring)));
        }
        let file = File::options().read(true).write(true).open(path)?;
        let len = file.metadata()?.len();
        let slots = len.saturating_sub(CONTROL_BYTES as u64) / size_of::<Slot>() as u64;
        if !slots.is_power_of_two() {
            return Err(io::Error::other(text!(record_not_a_ring)));
        }
        let ring = Self::map(&file, path, slots)?;
        if ring.control().magic.load(Acquire) != MAGIC {
            return Err(io::Error::other(text!(record_not_a_ring)));
        }
        Ok(ring)
    }

    fn map(file: &File, path: &Path, slots: u64) -> io::Result<Self> {
        let map = MmapOptions::new().map_raw(file)?;
        Ok(Self {
            path: path.to_owned(),
            made: None,
            map,
            capacity: slots,
            stuck: None,
            abandoned: 0,
        })
    }

    /// Whether anything was ever written into it.
    pub(crate) fn was_used(&self) -> bool {
        self.control().head.load(Acquire) > 0
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The descriptor of the file that this process made. While the program has it too, it is locked.
    pub(crate) fn descriptor(&self) -> i32 {
        self.made.as_ref().map_or(-1, AsRawFd::as_raw_fd)
    }

    /// The shared words.
    pub(crate) fn control(&self) -> &Control {
        // SAFETY: the mapping begins with the control block, which is made of atomics only.
        unsafe { &*self.map.as_ptr().cast::<Control>() }
    }

    /// How many records found no room so far.
    pub(crate) fn lost(&self) -> u64 {
        self.control().lost.load(Relaxed)
    }

    /// In how many slots something was to be written when its thread was killed.
    pub(crate) fn abandoned(&self) -> u64 {
        self.abandoned
    }

    /// Appends the slots that are ready to `out`, as bytes, and gives their room back to the writers only
    /// when `keep` has them. `all_dead`: nobody writes any more, so what is unfinished stays so.
    pub(crate) fn take(
        &mut self,
        all_dead: bool,
        out: &mut Vec<u8>,
        mut keep: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        /// At most so many slots at a time, so that room comes back early.
        const BATCH: u64 = 1 << 14;
        loop {
            out.clear();
            let first = self.control().tail.load(Relaxed);
            let mut tail = first;
            while tail - first < BATCH {
                let slot = self.slot(tail);
                let word = slot.tag.load(Acquire);
                if word == 0 {
                    if !self.give_up(tail, all_dead) {
                        break;
                    }
                    self.abandoned += 1;
                    tail += 1;
                    continue;
                }
                self.copy(tail, word, out);
                tail += 1;
            }
            if tail == first {
                return Ok(());
            }
            if !out.is_empty() {
                keep(out)?;
            }
            for index in first..tail {
                self.slot(index).tag.store(0, Relaxed);
            }
            self.control().tail.store(tail, Release);
        }
    }

    fn slot(&self, index: u64) -> &Slot {
        let offset = CONTROL_BYTES + (index & (self.capacity - 1)) as usize * size_of::<Slot>();
        // SAFETY: the mapping holds `capacity` slots after the control block. The fields besides the tag
        // are only read through `copy`, after the tag says that they are written.
        unsafe { &*self.map.as_ptr().add(offset).cast::<Slot>() }
    }

    fn copy(&self, index: u64, word: u64, out: &mut Vec<u8>) {
        let at = out.len();
        let slot: *const Slot = self.slot(index);
        // SAFETY: the tag says that the slot is written, and its writer is done with it; all bytes are plain
        // numbers. The tag goes as it was read.
        out.extend_from_slice(unsafe { std::slice::from_raw_parts(slot.cast::<u8>(), SLOT) });
        out[at + TAG_AT..at + TAG_AT + 8].copy_from_slice(&word.to_le_bytes());
    }

    /// Whether to go past a slot that is reserved but not written.
    fn give_up(&mut self, index: u64, all_dead: bool) -> bool {
        if self.control().head.load(Acquire) <= index {
            self.stuck = None;
            return false;
        }
        if all_dead {
            return true;
        }
        match self.stuck {
            Some((at, since)) if at == index => since.elapsed() > PATIENCE,
            _ => {
                self.stuck = Some((index, Instant::now()));
                false
            }
        }
    }
}

/// Makes a file of so many bytes that has the room for them, whatever comes.
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    // SAFETY: the descriptor is the file's.
    while unsafe { libc::fallocate(file.as_raw_fd(), 0, 0, bytes as libc::off_t) } < 0 {
        let error = io::Error::last_os_error();
        return match error.raw_os_error() {
            Some(libc::EINTR) => continue,
            // A file system that does not know how.
            Some(libc::EOPNOTSUPP | libc::ENOSYS) => write_zeros(file, bytes),
            _ => Err(error),
        };
    }
    Ok(())
}

fn write_zeros(mut file: &File, bytes: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(bytes), &mut file)?;
    Ok(())
}

/// Whether it went wrong because there is too little room, or too little is allowed.
pub(crate) fn is_lack_of_room(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::ENOSPC | libc::EFBIG | libc::EDQUOT | libc::EFAULT | libc::ENOMEM)
    )
}

impl Drop for Ring {
    fn drop(&mut self) {
        if self.made.is_some() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A record as it came: the tag unpacked, the bytes put together.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub(crate) tag: Tag,
    pub(crate) time: u64,
    pub(crate) object: u64,
    pub(crate) words: [u64; 5],
    pub(crate) bytes: Vec<u8>,
}

impl Raw {
    /// What it says, which its kind tells.
    pub(crate) fn args<W: Words>(&self) -> W {
        W::of(self.words)
    }

    /// What it says as the exit of a call.
    pub(crate) fn exit_of<C: Begins>(&self, _: C) -> C::Exit {
        self.args()
    }
}

/// Where the tag is in a slot.
const TAG_AT: usize = 8;

/// The size of a slot in the spool.
pub(crate) const SLOT: usize = size_of::<Slot>();

/// A slot that says that records are missing: `lost` found no room, `abandoned` were never written to the end.
pub(crate) fn missing(lost: u64, abandoned: u64) -> [u8; SLOT] {
    slot(wire::Kind::Missing, 0, args::Missing { lost, abandoned })
}

/// A slot that is a whole record, which a thread made at no moment about nothing.
pub(crate) fn slot(kind: wire::Kind, thread: u16, args: impl Words) -> [u8; SLOT] {
    let tag = Tag {
        kind: kind as u8,
        phase: wire::WirePhase::Point,
        more: 0,
        last: 0,
        thread,
        depth: 0,
    };
    let mut slot = [0; SLOT];
    let words = args.words();
    for (i, word) in [0, tag.pack(), 0].into_iter().chain(words).enumerate() {
        slot[i * 8..(i + 1) * 8].copy_from_slice(&word.to_le_bytes());
    }
    slot
}

/// The kind of the record that a slot begins, or [`wire::MORE`].
pub(crate) fn kind_of(slot: &[u8]) -> u8 {
    slot[TAG_AT]
}

/// The next record in a row of slots: it and how many bytes it took. `None`: the rest is not whole yet.
/// A slot that makes no sense alone (its record's first slot was lost) is passed over.
pub(crate) fn parse(bytes: &[u8]) -> Option<(Option<Raw>, usize)> {
    let slot = bytes.get(..SLOT)?;
    let word = |i: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&slot[i * 8..i * 8 + 8]);
        u64::from_le_bytes(word)
    };
    let Some(tag) = Tag::unpack(word(1)).filter(|tag| tag.kind != wire::MORE) else {
        return Some((None, SLOT));
    };
    let more = usize::from(tag.more);
    let rest = bytes.get(SLOT..SLOT * (1 + more))?;
    let mut kept = Vec::with_capacity(more * wire::SLOT_BYTES);
    for (i, piece) in rest.chunks_exact(SLOT).enumerate() {
        if piece[8] != wire::MORE {
            // Its writer died in between: what follows is another record.
            return Some((None, SLOT * (1 + i)));
        }
        let n = if i + 1 == more {
            usize::from(tag.last).min(wire::SLOT_BYTES)
        } else {
            wire::SLOT_BYTES
        };
        kept.extend_from_slice(&piece[16..16 + n]);
    }
    let raw = Raw {
        tag,
        time: word(0),
        object: word(2),
        words: [word(3), word(4), word(5), word(6), word(7)],
        bytes: kept,
    };
    Some((Some(raw), SLOT * (1 + more)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_has_its_room_when_it_is_made() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ring");
        let ring = Ring::create(&path, 1 << 12, Path::new("spool")).unwrap();
        let metadata = path.metadata().unwrap();
        assert!(metadata.blocks() * 512 >= metadata.len());
        drop(ring);
        assert!(!path.exists());
    }

    #[test]
    fn zeros_are_written_where_room_cannot_be_asked_for() {
        let mut file = tempfile::tempfile().unwrap();
        write_zeros(&file, 100_000).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, vec![0; 100_000]);
    }

    #[test]
    fn a_slot_whose_thread_died_is_not_one_without_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut ring =
            Ring::create(&folder.path().join("ring"), 1 << 13, Path::new("spool")).unwrap();
        // Reserved and never written.
        ring.control().head.store(1, Release);
        ring.take(true, &mut Vec::new(), |_| Ok(())).unwrap();
        assert_eq!((ring.lost(), ring.abandoned()), (0, 1));
        ring.control().lost.store(3, Relaxed);
        assert_eq!((ring.lost(), ring.abandoned()), (3, 1));
    }

    #[test]
    fn a_ring_goes_when_nobody_is_left_who_knows_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("t.jsonl.part");
        let path = new_name(folder.path());
        let left = |spool: &Path| {
            let mut ring = Ring::create(&path, 1 << 12, spool).unwrap();
            // As if its recorder were killed.
            ring.made = None;
            ring
        };
        let remains = || {
            sweep(&[folder.path().to_owned()]);
            path.exists()
        };
        drop(left(&folder.path().join("unmounted/t.jsonl.part")));
        assert!(remains(), "whether there is a spool cannot be known");
        std::fs::remove_file(&path).unwrap();
        let head = spool::Head {
            program: String::new(),
            began: 0,
            started: String::new(),
            ring: path.clone(),
            library: None,
            forks: true,
        };
        let new = spool::create(&spool).unwrap();
        new.say(&head).unwrap();
        let ring = left(&spool);
        assert!(remains(), "its recorder is at work");
        drop((new, ring));
        assert!(remains(), "a spool names it");
        std::fs::remove_file(&spool).unwrap();
        let mut ring = Ring::open(&path).unwrap();
        let file = File::open(&path).unwrap();
        spool::lock_for_writing(&file).unwrap();
        ring.made = Some(file);
        assert!(
            remains(),
            "its recorder is at work, and its spool is elsewhere"
        );
        ring.made = None;
        assert!(!remains());
        std::fs::write(&path, "").unwrap();
        assert!(remains(), "it may be being made");
        let old = std::time::SystemTime::now() - 2 * PATIENCE;
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(old)
            .unwrap();
        assert!(!remains());
    }
}
