"use strict";
// What is right, as `evscope_replay::Right` has it. A test holds the one against the other.
const judge = (() => {
  const letter = (choice) => String.fromCharCode(97 + choice);

  // Undoes what `veil.rs` did.
  const lift = (veiled, name) => {
    let state = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(name)) state = Math.imul(state ^ byte, 0x01000193);
    state |= 1;
    const bytes = Uint8Array.from(atob(veiled), (c) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return c.charCodeAt(0) ^ (state & 0xff);
    });
    return JSON.parse(new TextDecoder().decode(bytes));
  };

  // Whether what was typed is an answer of this kind at all, right or wrong.
  const takes = (kind, typed) => {
    const given = typed.trim();
    if (kind === "step") return /^\+?\d+$/.test(given);
    if (kind === "number") return /^-*\d/.test(given);
    return given !== "";
  };

  const NUMBER = { step: /^\+?(\d+)$/, number: /^\+?(-?\d+)\s*\p{Alphabetic}*$/u };
  const ascii = (text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

  // Whether a choice's letter, or what was typed, is the right answer.
  const isRight = (kind, right, answer) => {
    const given = answer.trim();
    if (kind === "choice") return given === letter(Number(right));
    const number = NUMBER[kind]?.exec(given);
    if (number && BigInt(number[1]) === BigInt(right)) return true;
    return kind !== "step" && ascii(given) === ascii(right);
  };

  return { letter, lift, takes, isRight };
})();
