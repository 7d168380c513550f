//! The character encodings of files that are not UTF-8 throughout.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::file::SharedFile;
use crate::{OpenOptions, TableError};

/// How the bytes of a file's texts are to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextEncoding(&'static Encoding);

impl TextEncoding {
    pub(crate) const UTF_8: Self = Self(UTF_8);
    pub(crate) const WINDOWS_1252: Self = Self(WINDOWS_1252);

    /// The encoding that the caller states, if any.
    ///
    /// # Errors
    /// [`TableError::File`] if there is no encoding of this name.
    pub(crate) fn stated(
        file: &SharedFile,
        options: &OpenOptions,
    ) -> Result<Option<Self>, TableError> {
        let Some(name) = &options.encoding else {
            return Ok(None);
        };
        Self::named(name).map(Some).ok_or_else(|| {
            TableError::file(
                file.path(),
                format!("the encoding `{name}`"),
                "a name of the Encoding Standard, as `utf-8` or `windows-1258`",
            )
        })
    }

    /// The encoding of this name in the WHATWG Encoding Standard.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Encoding::for_label(name.trim().as_bytes()).map(Self)
    }

    pub(crate) fn name(self) -> &'static str {
        self.0.name()
    }

    /// The text, or none if the bytes are not of this encoding.
    pub(crate) fn read(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        self.0
            .decode_without_bom_handling_and_without_replacement(bytes)
    }

    /// The text, with what is not of this encoding replaced by U+FFFD: for labels, which no
    /// number depends on.
    pub(crate) fn read_label(self, bytes: &[u8]) -> String {
        self.0.decode_without_bom_handling(bytes).0.into_owned()
    }
}

/// The bytes before the first NUL.
pub(crate) fn before_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0);
    &bytes[..end.unwrap_or(bytes.len())]
}

/// The bytes without the blanks, and NULs, that fill them up.
pub(crate) fn without_padding(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b' ' | 0));
    &bytes[..end.map_or(0, |last| last + 1)]
}
