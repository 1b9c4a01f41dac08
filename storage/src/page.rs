//! Pages over an order that never changes: newest first by (`created_at`, `id`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::clock::Micros;
use platform::grpc::status;
use platform::violation::Violation;
use tonic::Status;
use uuid::Uuid;

/// Rows a page holds when the request does not say.
const DEFAULT_SIZE: i32 = 50;
/// Rows a page holds at most.
const MAX_SIZE: i32 = 200;
const VERSION: u8 = 1;

/// A page asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many rows at most, 1 to 200.
    pub size: i64,
    /// Only rows after this one.
    pub after: Option<PageToken>,
}

impl Page {
    /// By a request's `page_size` (0: 50; more than 200: 200) and `page_token` (empty: the first page).
    pub fn new(size: i32, token: &str) -> Result<Self, PageTokenError> {
        let size = match size {
            i32::MIN..0 => return Err(PageTokenError::Size),
            0 => DEFAULT_SIZE,
            more => more.min(MAX_SIZE),
        };
        let after = if token.is_empty() { None } else { Some(PageToken::parse(token)?) };
        Ok(Self { size: i64::from(size), after })
    }

    /// How many rows to ask the database for: one more tells whether there is a next page.
    #[must_use]
    pub fn limit(&self) -> i64 {
        self.size + 1
    }

    /// The key that a row must come after; without a token, one that every row comes after.
    #[must_use]
    pub fn key(&self) -> (i64, Uuid) {
        self.after.map_or((i64::MAX, Uuid::max()), |it| (it.created_at.0, it.id))
    }

    /// Cuts the row beyond the page, and tells where the next page begins.
    pub fn cut<T>(&self, rows: &mut Vec<T>, key: impl Fn(&T) -> (Micros, Uuid)) -> Option<PageToken> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        if rows.len() <= size {
            return None;
        }
        rows.truncate(size);
        rows.last().map(|it| {
            let (created_at, id) = key(it);
            PageToken { created_at, id }
        })
    }
}

/// Where a page ends: the key of its last row. To clients it is opaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageToken {
    /// When the row was created.
    pub created_at: Micros,
    /// Its id.
    pub id: Uuid,
}

/// What is wrong with a page asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageTokenError {
    /// `page_size`.
    #[error("must not be negative")]
    Size,
    /// `page_token`.
    #[error("is not a token of an earlier page")]
    Token,
}

impl From<PageTokenError> for Status {
    fn from(error: PageTokenError) -> Self {
        let field = match error {
            PageTokenError::Size => "page_size",
            PageTokenError::Token => "page_token",
        };
        status::invalid(vec![Violation { field: field.to_owned(), description: error.to_string() }])
    }
}

impl PageToken {
    /// The text that clients get.
    #[must_use]
    pub fn to_text(self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.created_at.0.to_be_bytes());
        bytes.extend(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn parse(text: &str) -> Result<Self, PageTokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PageTokenError::Token)?;
        let (version, rest) = bytes.split_first().ok_or(PageTokenError::Token)?;
        let (created_at, id) = rest.split_first_chunk().ok_or(PageTokenError::Token)?;
        let id = Uuid::from_slice(id).map_err(|_| PageTokenError::Token)?;
        if *version != VERSION {
            return Err(PageTokenError::Token);
        }
        Ok(Self { created_at: Micros(i64::from_be_bytes(*created_at)), id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_row() {
        let token = PageToken { created_at: Micros(1_795_338_611_000_007), id: Uuid::from_u128(7) };
        assert_eq!(Page::new(10, &token.to_text()).unwrap().after, Some(token));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["x", "AQ", "💣", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", &"A".repeat(10_000)] {
            assert_eq!(Page::new(0, text), Err(PageTokenError::Token), "{text}");
        }
    }

    #[test]
    fn sizes_are_held_within_their_limits() {
        let size = |asked| Page::new(asked, "").map(|it| it.size);
        assert_eq!(size(0), Ok(50));
        assert_eq!(size(201), Ok(200));
        assert_eq!(size(-1), Err(PageTokenError::Size));
    }

    #[test]
    fn only_a_page_with_a_row_beyond_it_has_a_next_one() {
        let page = Page::new(2, "").unwrap();
        let key = |it: &u128| (Micros(0), Uuid::from_u128(*it));
        let mut rows = vec![3, 2];
        assert_eq!(page.cut(&mut rows, key), None);
        let mut rows = vec![3, 2, 1];
        assert_eq!(page.cut(&mut rows, key).map(|it| it.id), Some(Uuid::from_u128(2)));
        assert_eq!(rows, [3, 2]);
    }
}
