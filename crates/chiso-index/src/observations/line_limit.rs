//! A reader that refuses an endless line before it fills the memory.

use std::io::{self, Read};

/// The longest line that a table may have. Real rows have under 200 bytes.
pub const LONGEST_LINE_BYTES: usize = 64 * 1024;

/// Passes bytes on until a line grows too long; remembers whether the last byte ended a line.
pub(super) struct LineLimit<R> {
    inner: R,
    line: u64,
    in_line: usize,
    pub(super) fault: Option<LineFault>,
}

/// Why reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineFault {
    /// This line is longer than allowed.
    TooLong(u64),
    /// The file ends inside this line.
    Unfinished(u64),
}

impl<R: Read> LineLimit<R> {
    pub(super) fn new(inner: R) -> Self {
        LineLimit {
            inner,
            line: 1,
            in_line: 0,
            fault: None,
        }
    }
}

impl<R: Read> Read for LineLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.fault.is_some() {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
        if count == 0 && self.in_line > 0 {
            self.fault = Some(LineFault::Unfinished(self.line));
        }
        for piece in buffer[..count].split_inclusive(|&byte| byte == b'\n') {
            self.in_line += piece.len();
            if self.in_line > LONGEST_LINE_BYTES {
                self.fault = Some(LineFault::TooLong(self.line));
                return Ok(0);
            }
            if piece.ends_with(b"\n") {
                self.line += 1;
                self.in_line = 0;
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_line_stops_the_reading_within_the_limit() {
        let mut reader = LineLimit::new(io::repeat(b'x'));
        let mut sink = Vec::new();
        assert!(reader.read_to_end(&mut sink).is_ok());
        assert!(sink.len() <= LONGEST_LINE_BYTES);
        assert_eq!(reader.fault, Some(LineFault::TooLong(1)));
    }

    #[test]
    fn a_last_line_without_its_end_is_noticed() {
        let mut reader = LineLimit::new("a\nb".as_bytes());
        assert!(reader.read_to_end(&mut Vec::new()).is_ok());
        assert_eq!(reader.fault, Some(LineFault::Unfinished(2)));
        let mut reader = LineLimit::new("a\nb\n".as_bytes());
        assert!(reader.read_to_end(&mut Vec::new()).is_ok());
        assert_eq!(reader.fault, None);
    }
}
