//! NDJSON, also known as JSON Lines: one JSON value to a line, for as long as the server has any. And JSON text sequences
//! (RFC 7464), where each value begins with a byte that no JSON holds.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{self, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny, IntoDeserializer};

use super::{ByteStream, StreamEnd};
use crate::context::Context;
use crate::error::{DecodeError, Error};
use crate::raw_response::RawResponse;
use crate::request::RECORD;

/// The values of an NDJSON answer as they arrive.
///
/// A line that cannot be read is an error of its own; the lines after it still come. One that reports an error in a property
/// that the document does not describe is an item, and the error comes after it; read strictly, it is the error alone. One
/// longer than the client's [`max_body`](crate::ClientBuilder::max_body) ends the stream.
pub struct JsonLines<T> {
    source: Option<ByteStream>,
    lines: Lines,
    /// What ends the stream before the answer ends.
    end: StreamEnd,
    meta: ItemMeta,
    /// The error that the last line reported beside its item.
    reported: Option<Error>,
    item: PhantomData<fn() -> T>,
}

/// What the error of one item says of its answer.
#[derive(Clone)]
pub(crate) struct ItemMeta {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) context: Context,
}

impl ItemMeta {
    /// One item as JSON, and the error that it reports beside what the document describes.
    pub(crate) fn decode<T: DeserializeOwned>(&self, text: Bytes) -> Result<(T, Option<Error>), Error> {
        let raw = RawResponse::new(self.status, self.headers.clone(), text);
        let decoder = crate::decode::Decoder::new(&raw).strict(self.context.strict);
        let read = crate::decode::json(&decoder);
        let (reported, repairs) = (decoder.take_stray_error(), decoder.into_repairs());
        let failed = |error| Error::Decode(Box::new(DecodeError::new(raw, self.context.clone(), error)));
        match read {
            Ok(item) => {
                self.context.tell(&repairs);
                Ok((item, reported.map(failed)))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// One item as the text it is, whatever it looks like, if a `T` can be text.
    pub(crate) fn decode_text<T: DeserializeOwned>(&self, data: &Bytes) -> Result<T, Error> {
        let refused = |problem: &str| self.error(data.clone(), problem);
        let text = std::str::from_utf8(data).map_err(|error| refused(&format!("the text is not UTF-8: {error}")))?;
        let text = IntoDeserializer::<serde::de::value::Error>::into_deserializer(text);
        T::deserialize(text).map_err(|error| refused(&error.to_string()))
    }

    pub(crate) fn error(&self, text: Bytes, message: &str) -> Error {
        let raw = RawResponse::new(self.status, self.headers.clone(), text);
        let error = crate::decode::BodyError::new(message);
        Error::Decode(Box::new(DecodeError::new(raw, self.context.clone(), error)))
    }
}

/// Cuts bytes into lines. Lines end with LF, or CR LF. In a JSON text sequence a value may have several lines.
struct Lines {
    partial: Vec<u8>,
    whole: VecDeque<Bytes>,
    /// The longest line, in bytes: nothing else keeps a server from filling the memory.
    limit: usize,
    /// There was a longer one. It and what comes after it is not kept.
    too_long: bool,
    /// It is a JSON text sequence.
    is_sequence: bool,
}

impl Lines {
    fn new(limit: usize) -> Self {
        Self { partial: Vec::new(), whole: VecDeque::new(), limit, too_long: false, is_sequence: false }
    }

    fn add(&mut self, piece: &Bytes) {
        let mut rest = &piece[..];
        while let Some(end) = rest.iter().position(|byte| matches!(*byte, b'\n' | RECORD)) {
            let (line, after) = rest.split_at(end);
            self.go_on(line);
            if after.first() == Some(&RECORD) {
                self.is_sequence = true;
                self.end();
            } else if self.is_complete() {
                self.end();
            } else {
                self.go_on(b"\n");
            }
            rest = after.get(1..).unwrap_or_default();
        }
        self.go_on(rest);
    }

    /// Whether the end of a line is that of a value.
    fn is_complete(&self) -> bool {
        !self.is_sequence || self.too_long || serde_json::from_slice::<IgnoredAny>(&self.partial).is_ok()
    }

    /// More of the line begun.
    fn go_on(&mut self, part: &[u8]) {
        self.too_long |= self.partial.len() + part.len() > self.limit;
        if !self.too_long {
            self.partial.extend_from_slice(part);
        }
    }

    /// Ends the line begun. Empty lines are no items.
    fn end(&mut self) {
        let line = std::mem::take(&mut self.partial);
        if !self.too_long && !line.trim_ascii().is_empty() {
            self.whole.push_back(Bytes::from(line));
        }
    }
}

impl<T: DeserializeOwned> JsonLines<T> {
    pub(crate) fn new(source: ByteStream, meta: ItemMeta, end: StreamEnd) -> Self {
        let lines = Lines::new(source.max_item);
        Self { source: Some(source), lines, end, meta, reported: None, item: PhantomData }
    }

    /// The next value, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the line is not the JSON of a `T`, [`Error::Transport`] if the answer breaks off.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        futures_util::TryStreamExt::try_next(self).await
    }
}

impl<T: DeserializeOwned> Stream for JsonLines<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(error) = self.reported.take() {
                return Poll::Ready(Some(Err(error)));
            }
            if let Some(line) = self.lines.whole.pop_front() {
                if self.end.is_data(&line, true) {
                    self.source = None;
                    self.lines = Lines::new(0);
                    return Poll::Ready(None);
                }
                let read = self.meta.decode(line);
                return Poll::Ready(Some(read.map(|(item, reported)| {
                    self.reported = reported;
                    item
                })));
            }
            let limit = self.lines.limit;
            if std::mem::take(&mut self.lines.too_long) {
                self.source = None;
                let message = format!("a line is longer than {limit} bytes");
                return Poll::Ready(Some(Err(self.meta.error(Bytes::new(), &message))));
            }
            let Some(source) = self.source.as_mut() else { return Poll::Ready(None) };
            match ready!(Pin::new(source).poll_next(cx)) {
                Some(Ok(piece)) => self.lines.add(&piece),
                Some(Err(error)) => {
                    self.source = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    self.source = None;
                    self.lines.end();
                }
            }
        }
    }
}

impl<T> std::fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonLines").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_may_come_in_any_pieces() {
        for size in 1..12 {
            let mut lines = Lines::new(usize::MAX);
            for piece in b"{\"a\":1}\r\n\n  \n[2]\n3".chunks(size) {
                lines.add(&Bytes::copy_from_slice(piece));
            }
            lines.end();
            let found: Vec<_> = lines.whole.iter().map(|line| line.trim_ascii()).collect();
            assert_eq!(found, [&b"{\"a\":1}"[..], b"[2]", b"3"], "{size}");
        }
    }

    #[test]
    fn a_value_of_a_sequence_may_have_several_lines() {
        for size in 1..12 {
            let mut lines = Lines::new(usize::MAX);
            for piece in b"\x1e{\n\"a\":1}\n\x1e\x1e[2\n]\n\x1ecut {\n\x1e3".chunks(size) {
                lines.add(&Bytes::copy_from_slice(piece));
            }
            lines.end();
            let found: Vec<_> = lines.whole.iter().map(|line| line.trim_ascii()).collect();
            assert_eq!(found, [&b"{\n\"a\":1}"[..], b"[2\n]", b"cut {", b"3"], "{size}");
        }
        // One that is whole is there before the next one begins.
        let mut lines = Lines::new(usize::MAX);
        lines.add(&Bytes::from_static(b"\x1e[1]\n"));
        assert_eq!(lines.whole.len(), 1);
    }

    #[test]
    fn a_line_may_only_be_so_long_in_any_pieces() {
        for size in 1..12 {
            let mut lines = Lines::new(3);
            for piece in b"123\n1234\n123\n".chunks(size) {
                lines.add(&Bytes::copy_from_slice(piece));
            }
            assert_eq!((lines.whole.as_slices().0, lines.too_long), (&[Bytes::from("123")][..], true), "{size}");
        }
    }
}
