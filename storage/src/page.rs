//! Pagination of lists by key: newest first by (`created_at`, `id`), an order in which rows never move.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::clock::Micros;
use platform::violation::{Violation, Violations};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Page size if the request sets none.
const DEFAULT_SIZE: i32 = 50;
/// Maximum page size.
const MAX_SIZE: i32 = 200;
const VERSION: u8 = 2;

/// The page that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Maximum number of rows, 1 to 200.
    pub size: i64,
    /// Only rows after this one are on the page; `None`: the first page.
    pub after: Option<PageToken>,
    list: ListId,
}

/// Identifies a list by its method and filters. Page tokens are valid for the same list only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListId([u8; 4]);

impl ListId {
    /// Returns the id of the list that `method` returns for `request`, whose `page_size` and `page_token` must be
    /// cleared.
    #[must_use]
    pub fn of(method: &str, request: &impl prost::Message) -> Self {
        let hash = Sha256::new().chain_update(method).chain_update(request.encode_to_vec()).finalize();
        Self([hash[0], hash[1], hash[2], hash[3]])
    }
}

impl Page {
    /// Maximum size in bytes of the messages on a page, and of the rows that are read for it. By default, gRPC clients accept
    /// responses of at most 4 MiB.
    pub const MAX_BYTES: usize = 3 * 1024 * 1024;

    /// Validates `page_size` (0: 50; above 200: 200) and `page_token` (empty: the first page) of a request.
    pub fn new(size: i32, token: &str, list: ListId) -> Result<Self, PageTokenError> {
        let size = match size {
            i32::MIN..0 => return Err(PageTokenError::Size),
            0 => DEFAULT_SIZE,
            more => more.min(MAX_SIZE),
        };
        let after = if token.is_empty() { None } else { Some(PageToken::parse(token, list)?) };
        Ok(Self { size: i64::from(size), after, list })
    }

    /// Like [`Self::new`], but fails if there are already violations; the error lists all of them.
    pub fn checked(
        size: i32,
        token: &str,
        list: ListId,
        mut violations: Violations,
    ) -> Result<Self, Vec<Violation>> {
        match Self::new(size, token, list) {
            Ok(page) if violations.is_empty() => return Ok(page),
            Ok(_) => {}
            Err(error) => violations.add(error.field(), error.to_string()),
        }
        Err(violations.into_vec())
    }

    /// Returns the number of rows to read: one more than the page size, to find out whether there is a next page.
    #[must_use]
    pub fn limit(&self) -> i64 {
        self.size + 1
    }

    /// Returns the key after which the page starts; without a token, a key before all rows.
    #[must_use]
    pub fn key(&self) -> (i64, Uuid) {
        self.after.map_or((i64::MAX, Uuid::max()), |it| (it.created_at.0, it.id))
    }

    /// Removes the extra row, and returns the token of the next page, if there is one: there was an extra row, or the rows were
    /// cut off before it, because of their bytes.
    pub fn cut<T>(
        &self,
        rows: &mut Vec<T>,
        were_cut: bool,
        key: impl Fn(&T) -> (Micros, Uuid),
    ) -> Option<PageToken> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        if rows.len() <= size && !were_cut {
            return None;
        }
        rows.truncate(size);
        rows.last().map(|it| self.token_after(key(it)))
    }

    /// Removes the rows that do not fit into one response, and returns the token of the next page: `next`, if all rows
    /// fit. The first row stays however large it is, so a walk over the pages always ends.
    pub fn fit<T>(
        &self,
        rows: &mut Vec<T>,
        next: Option<PageToken>,
        bytes: impl Fn(&T) -> usize,
        key: impl Fn(&T) -> (Micros, Uuid),
    ) -> Option<PageToken> {
        let mut total = 0;
        let fits = |it: &&T| {
            total += bytes(it);
            total <= Self::MAX_BYTES
        };
        let fit = rows.iter().take_while(fits).count().max(1);
        if fit >= rows.len() {
            return next;
        }
        rows.truncate(fit);
        rows.last().map(|it| self.token_after(key(it)))
    }

    /// Returns the token of the page that starts after the row with this key.
    #[must_use]
    pub fn token_after(&self, (created_at, id): (Micros, Uuid)) -> PageToken {
        PageToken { created_at, id, list: self.list }
    }
}

/// The key of the last row of a page, which clients get as an opaque text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageToken {
    /// Creation time of the row.
    pub created_at: Micros,
    /// Id of the row.
    pub id: Uuid,
    list: ListId,
}

/// Why `page_size` or `page_token` is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageTokenError {
    /// `page_size` is negative.
    #[error("must not be negative")]
    Size,
    /// `page_token` does not belong to this list.
    #[error("is not a page token of this list with the same filters")]
    Token,
}

impl PageTokenError {
    fn field(self) -> &'static str {
        match self {
            Self::Size => "page_size",
            Self::Token => "page_token",
        }
    }
}

impl From<PageTokenError> for Violation {
    fn from(error: PageTokenError) -> Self {
        Self { field: error.field().to_owned(), description: error.to_string() }
    }
}

impl PageToken {
    /// Returns the text that clients get.
    #[must_use]
    pub fn to_text(self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.list.0);
        bytes.extend(self.created_at.0.to_be_bytes());
        bytes.extend(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn parse(text: &str, list: ListId) -> Result<Self, PageTokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PageTokenError::Token)?;
        let (version, rest) = bytes.split_first().ok_or(PageTokenError::Token)?;
        let (of, rest) = rest.split_first_chunk().ok_or(PageTokenError::Token)?;
        let (created_at, id) = rest.split_first_chunk().ok_or(PageTokenError::Token)?;
        let id = Uuid::from_slice(id).map_err(|_| PageTokenError::Token)?;
        if *version != VERSION || *of != list.0 {
            return Err(PageTokenError::Token);
        }
        Ok(Self { created_at: Micros(i64::from_be_bytes(*created_at)), id, list })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: ListId = ListId([1; 4]);

    #[test]
    fn a_token_is_valid_for_its_own_list_only() {
        let token =
            PageToken { created_at: Micros(1_795_338_611_000_007), id: Uuid::from_u128(7), list: LIST };
        assert_eq!(Page::new(10, &token.to_text(), LIST).unwrap().after, Some(token));
        assert_eq!(Page::new(10, &token.to_text(), ListId([9; 4])), Err(PageTokenError::Token));
    }

    #[test]
    fn an_invalid_token_is_rejected() {
        for text in ["x", "AQ", "💣", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", &"A".repeat(10_000)] {
            assert_eq!(Page::new(0, text, LIST), Err(PageTokenError::Token), "{text}");
        }
    }

    #[test]
    fn page_sizes_have_a_default_and_a_maximum() {
        let size = |asked| Page::new(asked, "", LIST).map(|it| it.size);
        assert_eq!(size(0), Ok(50));
        assert_eq!(size(201), Ok(200));
        assert_eq!(size(-1), Err(PageTokenError::Size));
    }

    #[test]
    fn only_a_page_with_a_row_beyond_it_has_a_next_one() {
        let page = Page::new(2, "", LIST).unwrap();
        let key = |it: &u128| (Micros(0), Uuid::from_u128(*it));
        let mut rows = vec![3, 2];
        assert_eq!(page.cut(&mut rows, false, key), None);
        let mut rows = vec![3, 2, 1];
        assert_eq!(page.cut(&mut rows, false, key).map(|it| it.id), Some(Uuid::from_u128(2)));
        assert_eq!(rows, [3, 2]);
        let next = page.cut(&mut vec![3], true, key);
        assert_eq!(
            next.map(|it| it.id),
            Some(Uuid::from_u128(3)),
            "rows that were cut off are on the next page"
        );
    }

    #[test]
    fn a_page_ends_before_a_response_becomes_too_large() {
        let page = Page::new(10, "", LIST).unwrap();
        let key = |it: &usize| (Micros(0), Uuid::from_u128(*it as u128));
        let fit = |mut rows: Vec<usize>| {
            let next = page.fit(&mut rows, Some(page.token_after(key(&0))), |it| *it, key);
            (rows, next.map(|it| it.id.as_u128() as usize))
        };
        assert_eq!(fit(vec![]), (vec![], Some(0)));
        assert_eq!(fit(vec![1, Page::MAX_BYTES - 1]), (vec![1, Page::MAX_BYTES - 1], Some(0)));
        assert_eq!(fit(vec![1, Page::MAX_BYTES, 2]), (vec![1], Some(1)));
        assert_eq!(fit(vec![Page::MAX_BYTES + 1, 2]), (vec![Page::MAX_BYTES + 1], Some(Page::MAX_BYTES + 1)));
        assert_eq!(fit(vec![Page::MAX_BYTES + 1]), (vec![Page::MAX_BYTES + 1], Some(0)));
    }
}
