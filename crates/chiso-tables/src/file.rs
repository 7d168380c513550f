//! An open file that many threads read at once, each where it wants.

use std::fs::File;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::TableError;

/// A file's path, handle and length at the time it was opened.
#[derive(Debug)]
pub(crate) struct SharedFile {
    path: PathBuf,
    file: File,
    length: u64,
}

impl SharedFile {
    /// Opens a regular file for reading.
    ///
    /// # Errors
    /// [`TableError::Io`] if there is no such file or it may not be read, [`TableError::File`] if
    /// it is a folder.
    pub(crate) fn open(path: &Path) -> Result<Self, TableError> {
        let io = |reason| TableError::Io {
            file: path.to_path_buf(),
            doing: "open the file",
            reason,
        };
        let file = File::open(path).map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        if metadata.is_dir() {
            return Err(TableError::file(path, "a folder", "a file"));
        }
        Ok(Self {
            path: path.to_path_buf(),
            file,
            length: metadata.len(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `buffer` from `offset` on; the position of no other reader moves.
    pub(crate) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset);
        #[cfg(windows)]
        return read_exact_at_windows(&self.file, buffer, offset);
    }

    /// The `length` bytes from `offset` on.
    ///
    /// # Errors
    /// [`TableError::File`] if the file ends before, [`TableError::Io`] if it cannot be read.
    pub(crate) fn bytes(&self, offset: u64, length: usize) -> Result<Vec<u8>, TableError> {
        let end = offset.checked_add(length as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err(TableError::file(
                &self.path,
                format!("{} bytes", self.length),
                format!("at least {length} bytes from byte {offset} on"),
            ));
        }
        let mut buffer = vec![0; length];
        self.read_exact_at(&mut buffer, offset)
            .map_err(|reason| self.read_error(reason))?;
        Ok(buffer)
    }

    /// The file's first bytes, at most `length`.
    pub(crate) fn first_bytes(&self, length: usize) -> Result<Vec<u8>, TableError> {
        let length = usize::try_from(self.length).map_or(length, |whole| whole.min(length));
        self.bytes(0, length)
    }

    /// SHA-256 of all bytes in hexadecimal, read in pieces.
    pub(crate) fn digest(&self) -> Result<String, TableError> {
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        let mut offset = 0;
        while offset < self.length {
            let piece = (self.length - offset).min(buffer.len() as u64) as usize;
            self.read_exact_at(&mut buffer[..piece], offset)
                .map_err(|reason| self.read_error(reason))?;
            hasher.update(&buffer[..piece]);
            offset += piece as u64;
        }
        Ok(hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect())
    }

    pub(crate) fn read_error(&self, reason: std::io::Error) -> TableError {
        TableError::Io {
            file: self.path.clone(),
            doing: "read the file",
            reason,
        }
    }
}

#[cfg(windows)]
fn read_exact_at_windows(
    file: &File,
    mut buffer: &mut [u8],
    mut offset: u64,
) -> std::io::Result<()> {
    while !buffer.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[read..];
        offset += read as u64;
    }
    Ok(())
}
