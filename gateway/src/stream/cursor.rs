//! The id of an event on the stream: where a client is in the logs of both services, so that any gateway can resume it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::{Log, PerLog};

const VERSION: u8 = 1;

/// A position of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) log_id: Uuid,
    pub(super) position: i64,
}

/// Where a client is in one log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere: it needs a snapshot.
    #[default]
    Nowhere,
    /// Before the oldest event of the log, whose position is not known yet.
    Earliest,
    /// It has everything up to this point.
    At(Point),
    /// It has the part of a snapshot down to this key (creation time in microseconds since 1970, and id), with the events
    /// up to this point.
    Within(Point, (i64, Uuid)),
}

/// Where a client is in both logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor(pub(super) PerLog<Place>);

impl Cursor {
    /// The cursor of a client that has everything up to these points.
    pub(super) fn at(points: PerLog<Option<Point>>) -> Self {
        Self(points.map(|it| it.map_or(Place::Nowhere, Place::At)))
    }

    /// Whether the client needs no snapshot of these logs, nor the rest of one.
    pub(super) fn is_complete(self, wanted: PerLog<bool>) -> bool {
        self.0.iter().zip(wanted).all(|(place, wanted)| !wanted || matches!(place, Place::At(_)))
    }

    /// Writes the cursor with characters that need no escapes in a URL.
    pub(super) fn to_text(self) -> String {
        let mut bytes = vec![VERSION];
        for log in Log::ALL {
            match self.0[log as usize] {
                Place::Nowhere | Place::Earliest => bytes.push(0),
                Place::At(point) => write_point(1, point, &mut bytes),
                Place::Within(point, (created_at, id)) => {
                    write_point(2, point, &mut bytes);
                    bytes.extend(created_at.to_be_bytes());
                    bytes.extend(id.as_bytes());
                }
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor; `None` if a gateway did not write it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // Longer than any cursor.
        if text.len() > 200 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.strip_prefix(&[VERSION])?;
        let mut cursor = Self::default();
        for log in Log::ALL {
            cursor.0[log as usize] = match read::<1>(&mut rest)? {
                [0] => Place::Nowhere,
                [1] => Place::At(read_point(&mut rest)?),
                [2] => {
                    let point = read_point(&mut rest)?;
                    let created_at = i64::from_be_bytes(read(&mut rest)?);
                    Place::Within(point, (created_at, Uuid::from_bytes(read(&mut rest)?)))
                }
                _ => return None,
            };
        }
        rest.is_empty().then_some(cursor)
    }
}

fn write_point(tag: u8, point: Point, bytes: &mut Vec<u8>) {
    bytes.push(tag);
    bytes.extend(point.log_id.as_bytes());
    bytes.extend(point.position.to_be_bytes());
}

fn read_point(rest: &mut &[u8]) -> Option<Point> {
    let log_id = Uuid::from_bytes(read(rest)?);
    let position = i64::from_be_bytes(read(rest)?);
    (position >= 0).then_some(Point { log_id, position })
}

fn read<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, others) = rest.split_first_chunk::<N>()?;
    *rest = others;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_fits_a_header() {
        let point = |position| Point { log_id: Uuid::max(), position };
        for places in [
            [Place::Nowhere, Place::Nowhere],
            [Place::At(point(0)), Place::At(point(i64::MAX))],
            [Place::Within(point(7), (-1, Uuid::max())), Place::Within(point(8), (i64::MAX, Uuid::nil()))],
        ] {
            let text = Cursor(places).to_text();
            assert_eq!(Cursor::parse(&text), Some(Cursor(places)));
            assert!(text.len() <= 150, "{}", text.len());
        }
    }

    #[test]
    fn what_a_gateway_did_not_write_is_no_cursor() {
        let good = Cursor([Place::At(Point { log_id: Uuid::max(), position: 7 }), Place::Nowhere]).to_text();
        for wrong in ["", "7", "AQ", "AQMD", &good[..good.len() - 2], &format!("{good}AA"), &"A".repeat(300)]
        {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }
}
