//! The query of a list.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use platform::violation::Violations;

use crate::error::ApiError;

/// Which page of a list.
#[derive(Debug, Default)]
pub(crate) struct PageQuery {
    /// 0: the service's default.
    pub(crate) size: i32,
    /// Empty: the first page.
    pub(crate) token: String,
}

impl PageQuery {
    fn parse(query: &str) -> Result<Self, ApiError> {
        let (mut page, mut violations) = (Self::default(), Violations::default());
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if seen.contains(&name) {
                violations.add(name.clone(), "must not be given twice");
            }
            match name.as_ref() {
                "page_size" => match value.parse() {
                    Ok(size @ 1..=200) => page.size = size,
                    _ => violations.add(name.clone(), "must be a number from 1 to 200"),
                },
                "page_token" => page.token = value.into_owned(),
                _ => violations.add(name.clone(), "is not a known parameter"),
            }
            seen.push(name);
        }
        if violations.is_empty() { Ok(page) } else { Err(ApiError::invalid(violations.into_vec())) }
    }
}

impl<S: Sync> FromRequestParts<S> for PageQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_from_its_parameters() {
        let page = PageQuery::parse("page_size=20&page_token=a%2Bb").unwrap();
        assert_eq!((page.size, page.token.as_str()), (20, "a+b"));
        assert_eq!(PageQuery::parse("").unwrap().size, 0);
    }

    #[test]
    fn every_bad_parameter_is_named() {
        let error = PageQuery::parse("page_size=0&colour=red&page_token=a&page_token=b").unwrap_err();
        let fields: Vec<&str> = error.violations().iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["page_size", "colour", "page_token"]);
    }
}
