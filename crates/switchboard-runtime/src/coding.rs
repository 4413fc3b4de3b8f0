//! Content codings (RFC 9110, section 8.4): packing the body of a request where its header says so; what the body of an
//! answer is packed with, and unpacking it as it comes. Our own, and not the HTTP client's, for a body that is not wholly understood must not pass for one that is: a name in
//! another case, a second gzip member, bytes behind the last one, a coding that nobody asked for.

#[cfg(feature = "gzip")]
use std::io::{self, Write};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE};
use http::{HeaderMap, StatusCode};

use crate::body::{Body, Content};
use crate::media_type::content_type;
use crate::text::cut;

/// How much is unpacked before it is handed on, in bytes: a small body may be a very large one, packed.
#[cfg(feature = "gzip")]
const PIECE: usize = 64 << 10;

/// How often a body may be packed. Each time may make it a thousand times as large.
const MOST_LAYERS: usize = 4;

/// Why a body cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodingError {
    #[error("the body is packed with `{0}`, which cannot be unpacked")]
    Unknown(String),
    #[error("the body is packed {0} times over")]
    TooDeep(usize),
    #[cfg(feature = "gzip")]
    #[error("behind the end of what is packed with gzip, bytes are left over")]
    LeftOver,
    #[cfg(feature = "gzip")]
    #[error("what is packed with gzip is damaged or cut off: {0}")]
    Damaged(io::Error),
}

impl CodingError {
    /// Whether the same answer may well come whole another time.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::TooDeep(_) => false,
            #[cfg(feature = "gzip")]
            Self::LeftOver => false,
            #[cfg(feature = "gzip")]
            Self::Damaged(_) => true,
        }
    }
}

/// What a body is packed with.
pub(crate) enum Packing {
    /// What this client unpacks; the layer that was put on last comes first.
    #[cfg(feature = "gzip")]
    Gzip(Vec<Gunzip>),
    /// What it does not. An answer without a body may say so all the same.
    Unknown(Option<CodingError>),
}

impl Packing {
    /// What the body of an answer is packed with, if it is. The headers no longer say so then, nor how long it was.
    ///
    /// A part of a body is a part of what is packed, and stays as it is.
    pub(crate) fn take(status: StatusCode, headers: &mut HeaderMap) -> Option<Self> {
        if is_a_part(status, headers) || !headers.contains_key(CONTENT_ENCODING) {
            return None;
        }
        let packing = Self::of(headers);
        if packing.as_ref().is_some_and(|packing| !packing.is_unknown()) {
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
        }
        packing
    }

    /// Whether it cannot be undone.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        if let Some(name) = codings(headers).find(|name| !is_known(name)) {
            return Some(Self::Unknown(Some(CodingError::Unknown(shown(name)))));
        }
        match codings(headers).count() {
            0 => None,
            layers if layers > MOST_LAYERS => Some(Self::Unknown(Some(CodingError::TooDeep(layers)))),
            #[cfg(feature = "gzip")]
            layers => Some(Self::Gzip((0..layers).map(|_| Gunzip::default()).collect())),
            #[cfg(not(feature = "gzip"))]
            _ => None,
        }
    }

    /// More of what is packed, once all before it was [pulled](Self::pull).
    pub(crate) fn feed(&mut self, piece: Bytes) -> Result<(), CodingError> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip(layers) => {
                if let Some(first) = layers.first_mut() {
                    first.input = piece;
                }
                Ok(())
            }
            Self::Unknown(error) if !piece.is_empty() => error.take().map_or(Ok(()), Err),
            Self::Unknown(_) => Ok(()),
        }
    }

    /// More of what is unpacked, or nothing as long as there is no more of what is packed.
    pub(crate) fn pull(&mut self, ended: bool) -> Result<Option<Bytes>, CodingError> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip(layers) => pull(layers, ended),
            Self::Unknown(_) => {
                let _ = ended;
                Ok(None)
            }
        }
    }
}

/// Whether the body is a part of one, or several parts. Such an answer says which (RFC 9110, section 15.3.7); there are
/// servers that send the status with a body of its own, "a part" of what was found.
fn is_a_part(status: StatusCode, headers: &HeaderMap) -> bool {
    let several = || content_type(headers).is_some_and(|found| found.eq_ignore_ascii_case("multipart/byteranges"));
    status == StatusCode::PARTIAL_CONTENT && (headers.contains_key(CONTENT_RANGE) || several())
}

/// Packs the body of a request with what its headers name, in that order.
///
/// # Errors
///
/// Says that it cannot be packed so.
pub(crate) fn pack(headers: &HeaderMap, mut body: Body) -> Result<Body, String> {
    for name in codings(headers) {
        body = match body.0 {
            Content::Bytes(bytes) if is_known(name) => gzipped(&bytes)?.into(),
            Content::Bytes(_) => {
                return Err(format!(
                    "the body cannot be packed with `{}`, which its `Content-Encoding` names: without that header it is sent as it is",
                    shown(name)
                ));
            }
            Content::Stream { .. } => {
                return Err(
                    "a body that is a stream is sent as it is: pack it, or leave `Content-Encoding` out".to_owned()
                );
            }
        };
    }
    Ok(body)
}

#[cfg(feature = "gzip")]
fn gzipped(bytes: &[u8]) -> Result<Bytes, String> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.map(Bytes::from).map_err(|error| format!("the body cannot be packed: {error}"))
}

#[cfg(not(feature = "gzip"))]
fn gzipped(_: &[u8]) -> Result<Bytes, String> {
    Err("the body cannot be packed with `gzip` without the feature of that name".to_owned())
}

/// The codings that headers name, the first put on first. Section 8.4.1: `identity` is none.
fn codings(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let values = headers.get_all(CONTENT_ENCODING).into_iter();
    let names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii));
    names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"))
}

/// The name of a coding as it is said.
fn shown(name: &[u8]) -> String {
    cut(&String::from_utf8_lossy(name), 40).into_owned()
}

/// What a body that could not be unpacked is packed with.
pub(crate) fn still_packed_with(headers: &HeaderMap) -> Option<String> {
    let text = String::from_utf8_lossy(headers.get(CONTENT_ENCODING)?.as_bytes());
    let text = cut(&text, 40);
    (!text.is_empty() && !text.eq_ignore_ascii_case("identity")).then(|| text.into_owned())
}

/// Section 8.4.1: names are case-insensitive; 8.4.1.3: `x-gzip` is `gzip`.
fn is_known(name: &[u8]) -> bool {
    cfg!(feature = "gzip") && [&b"gzip"[..], b"x-gzip"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// More of what comes out of the last layer.
#[cfg(feature = "gzip")]
fn pull(layers: &mut [Gunzip], ended: bool) -> Result<Option<Bytes>, CodingError> {
    let Some((layer, outer)) = layers.split_last_mut() else { return Ok(None) };
    loop {
        if let Some(piece) = layer.next()? {
            return Ok(Some(piece));
        }
        match pull(outer, ended)? {
            Some(piece) => layer.input = piece,
            None if ended => return layer.end(),
            None => return Ok(None),
        }
    }
}

/// One layer of gzip: members, one behind the other (RFC 1952, section 2.2). Nothing at all is nothing, unpacked.
#[cfg(feature = "gzip")]
#[derive(Default)]
pub(crate) struct Gunzip {
    input: Bytes,
    /// The member that is being read.
    member: Option<flate2::write::GzDecoder<Vec<u8>>>,
    /// A member was read to its end.
    any: bool,
}

#[cfg(feature = "gzip")]
impl Gunzip {
    /// More of what the input holds.
    fn next(&mut self) -> Result<Option<Bytes>, CodingError> {
        use bytes::Buf as _;

        if self.input.is_empty() {
            return Ok(None);
        }
        let mut unpacked = Vec::new();
        while !self.input.is_empty() && unpacked.len() < PIECE {
            let member = self.member.get_or_insert_with(|| flate2::write::GzDecoder::new(Vec::new()));
            let taken = match member.write(&self.input) {
                Ok(taken) => taken,
                Err(_) if self.any && member.header().is_none() => return Err(CodingError::LeftOver),
                Err(error) => return Err(CodingError::Damaged(error)),
            };
            self.input.advance(taken);
            if taken == 0 {
                // The member takes no more: it has ended.
                self.finish(&mut unpacked)?;
            } else if self.input.is_empty() && member.header().is_some() {
                // What it keeps may be all there is for now.
                member.flush().map_err(CodingError::Damaged)?;
            }
            if let Some(member) = &mut self.member {
                gather(&mut unpacked, std::mem::take(member.get_mut()));
            }
        }
        Ok((!unpacked.is_empty()).then(|| unpacked.into()))
    }

    /// What is left when there is no more input.
    fn end(&mut self) -> Result<Option<Bytes>, CodingError> {
        let mut unpacked = Vec::new();
        self.finish(&mut unpacked)?;
        Ok((!unpacked.is_empty()).then(|| unpacked.into()))
    }

    /// Ends the member, whose length and checksum must be right.
    fn finish(&mut self, unpacked: &mut Vec<u8>) -> Result<(), CodingError> {
        let Some(member) = self.member.take() else { return Ok(()) };
        gather(unpacked, member.finish().map_err(CodingError::Damaged)?);
        self.any = true;
        Ok(())
    }
}

/// Adds a piece; the first is not copied.
#[cfg(feature = "gzip")]
fn gather(all: &mut Vec<u8>, piece: Vec<u8>) {
    if all.is_empty() {
        *all = piece;
    } else {
        all.extend_from_slice(&piece);
    }
}

#[cfg(test)]
#[cfg(feature = "gzip")]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn headers(codings: &[&'static str]) -> HeaderMap {
        codings.iter().map(|coding| (CONTENT_ENCODING, HeaderValue::from_static(coding))).collect()
    }

    /// What comes of a body that comes in pieces of some size.
    fn unpacked(codings: &[&'static str], body: &[u8], size: usize) -> Result<Vec<u8>, String> {
        let Some(mut packing) = Packing::take(StatusCode::OK, &mut headers(codings)) else { return Ok(body.to_vec()) };
        let mut all = Vec::new();
        let mut pull = |packing: &mut Packing, ended| {
            while let Some(piece) = packing.pull(ended).map_err(|error| error.to_string())? {
                assert!(!piece.is_empty() && piece.len() < 2 * PIECE);
                all.extend_from_slice(&piece);
            }
            Ok::<_, String>(())
        };
        for piece in body.chunks(size) {
            packing.feed(Bytes::copy_from_slice(piece)).map_err(|error| error.to_string())?;
            pull(&mut packing, false)?;
        }
        pull(&mut packing, true)?;
        Ok(all)
    }

    #[test]
    fn members_are_read_one_behind_the_other_in_any_pieces() {
        let text = "hällo ".repeat(500);
        let body = [packed(text.as_bytes()), packed(b""), packed(b"!")].concat();
        let whole = format!("{text}!").into_bytes();
        for size in [1, 2, 3, 7, 50, 10_000] {
            for name in ["gzip", "GZIP", "x-gzip", " X-Gzip ", "identity, gzip", "gzip,"] {
                assert_eq!(unpacked(&[name], &body, size).unwrap(), whole, "{name} {size}");
            }
        }
        assert_eq!(unpacked(&["identity"], b"abc", 1).unwrap(), b"abc");
        assert_eq!(unpacked(&["gzip"], b"", 1).unwrap(), b"");
    }

    #[test]
    fn layers_are_taken_off_one_by_one() {
        let twice = packed(&packed(b"abc"));
        for codings in [&["gzip, x-gzip"][..], &["gzip", "gzip"]] {
            for size in [1, 5, 100] {
                assert_eq!(unpacked(codings, &twice, size).unwrap(), b"abc");
            }
        }
        let error = unpacked(&["gzip,gzip,gzip,gzip,gzip"], &twice, 9).unwrap_err();
        assert_eq!(error, "the body is packed 5 times over");
    }

    #[test]
    fn what_is_left_over_damaged_or_cut_off_is_told() {
        let whole = packed(b"abc");
        for size in [1, 4, 100] {
            for behind in [&b"x"[..], b"\0\0\0", b"\x1f\x00"] {
                let error = unpacked(&["gzip"], &[&whole, behind].concat(), size).unwrap_err();
                assert!(error.contains("left over") || behind.len() < 10, "{behind:?} {size}: {error}");
            }
            let error = unpacked(&["gzip"], &[&whole[..], b"{\"and\":\"more\"}"].concat(), size).unwrap_err();
            assert_eq!(error, "behind the end of what is packed with gzip, bytes are left over");
            for end in 1..whole.len() {
                let error = unpacked(&["gzip"], &whole[..end], size).unwrap_err();
                assert!(error.starts_with("what is packed with gzip is damaged or cut off"), "{end}: {error}");
            }
            let mut wrong = whole.clone();
            let checksum = wrong.len() - 8;
            wrong[checksum] ^= 1;
            unpacked(&["gzip"], &wrong, size).unwrap_err();
            unpacked(&["gzip"], b"{\"not\":\"packed\"}", size).unwrap_err();
        }
    }

    #[test]
    fn a_coding_that_nobody_knows_is_named() {
        for (codings, named) in [(&["br"][..], "br"), (&["gzip, zstd"], "zstd"), (&["gzip", "deflate"], "deflate")] {
            let error = unpacked(codings, b"abc", 9).unwrap_err();
            let expected = format!("the body is packed with `{named}`, which cannot be unpacked");
            assert_eq!(error, expected);
            // Where there is no body there is nothing that cannot be unpacked.
            assert_eq!(unpacked(codings, b"", 9).unwrap(), b"");
        }
    }

    #[test]
    fn what_is_packed_very_small_comes_in_pieces() {
        let large = vec![b' '; 5 << 20];
        assert_eq!(unpacked(&["gzip"], &packed(&large), 1 << 20).unwrap().len(), large.len());
    }

    #[test]
    fn headers_say_no_longer_what_was_undone() {
        let told = |codings: &[&'static str], status, range: bool| {
            let mut headers = headers(codings);
            if range {
                headers.insert(CONTENT_RANGE, HeaderValue::from_static("bytes 5-7/9"));
            }
            headers.insert(CONTENT_LENGTH, HeaderValue::from(3));
            Packing::take(status, &mut headers);
            (headers.contains_key(CONTENT_ENCODING), headers.contains_key(CONTENT_LENGTH))
        };
        assert_eq!(told(&["gzip"], StatusCode::OK, false), (false, false));
        for codings in [&["br"], &["identity"]] {
            assert_eq!(told(codings, StatusCode::OK, false), (true, true));
        }
        assert_eq!(told(&["gzip"], StatusCode::PARTIAL_CONTENT, true), (true, true));
        assert_eq!(told(&["gzip"], StatusCode::PARTIAL_CONTENT, false), (false, false));
    }
}
