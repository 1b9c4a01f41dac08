//! The query of a list request: page and filters.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use platform::violation::Violations;
use proto::ContractEnum;

use crate::error::ApiError;
use crate::names::choose;

/// The page and the filters of a list request.
#[derive(Debug)]
pub(crate) struct ListQuery<F> {
    /// Items per page; 0 for the default of the service.
    pub(crate) page_size: i32,
    /// Token of the page; empty for the first one.
    pub(crate) page_token: String,
    pub(crate) filter: F,
}

/// The filters of a request whose answer has no pages.
#[derive(Debug)]
pub(crate) struct FilterQuery<F>(pub(crate) F);

/// The filters of a list request, read from its query.
pub(crate) trait Filter {
    /// Takes the known parameters from `parameters` and reports those with invalid values.
    fn from_parameters(parameters: &mut QueryParameters) -> Self;
}

/// No filters, for lists that have none.
impl Filter for () {
    fn from_parameters(_: &mut QueryParameters) -> Self {}
}

/// The parameters of a query that were not read yet, and the violations so far.
#[derive(Debug, Default)]
pub(crate) struct QueryParameters {
    values: BTreeMap<String, String>,
    violations: Violations,
}

/// What is told of a parameter that has other bytes.
pub(crate) const NOT_UTF8: &str = "must be percent-encoded UTF-8";

/// The names and values of a query in the form of HTML's forms. The value is `None` if it or the name has bytes that are no
/// UTF-8. `form_urlencoded` would put U+FFFD in their place, and the request would be about something else.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (String, Option<String>)> {
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).collect::<Vec<u8>>();
    query.split('&').filter(|it| !it.is_empty()).map(move |it| {
        let (name, value) = it.split_once('=').unwrap_or((it, ""));
        let value = String::from_utf8(decoded(value)).ok();
        match String::from_utf8(decoded(name)) {
            Ok(name) => (name, value),
            Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), None),
        }
    })
}

impl QueryParameters {
    fn parse(query: &str) -> Self {
        let mut parameters = Self::default();
        for (name, value) in pairs(query) {
            let Some(value) = value else {
                parameters.violations.add(name, NOT_UTF8);
                continue;
            };
            if parameters.values.insert(name.clone(), value).is_some() {
                parameters.violations.add(name, "must not be given twice");
            }
        }
        parameters
    }

    /// Takes the text of a parameter, without a check.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.values.remove(name)
    }

    /// Takes the name of one of `choices`; a violation lists the names.
    pub(crate) fn choice<E: ContractEnum>(
        &mut self,
        name: &str,
        choices: impl IntoIterator<Item = E>,
    ) -> Option<E> {
        let value = self.values.remove(name)?;
        choose(&value, choices).map_err(|description| self.violations.add(name, description)).ok()
    }

    /// Takes a key and a value written as `key=value`; the key ends at the first `=`.
    pub(crate) fn pair(&mut self, name: &str) -> Option<(String, String)> {
        let text = self.values.remove(name)?;
        if let Some((key, value)) = text.split_once('=').filter(|it| !it.0.is_empty()) {
            return Some((key.to_owned(), value.to_owned()));
        }
        self.violations.add(name, "must have the form key=value");
        None
    }

    /// Takes a text of one line with 1 to `max` characters.
    pub(crate) fn line(&mut self, name: &str, max: usize) -> Option<String> {
        let text = self.values.remove(name)?;
        if (1..=max).contains(&text.chars().count()) && !text.contains(char::is_control) {
            return Some(text);
        }
        self.violations.add(name, format!("must have 1 to {max} characters, and no control characters"));
        None
    }

    /// Takes a whole number of this range.
    pub(crate) fn number(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let number = self.values.remove(name)?.parse().ok().filter(|it| range.contains(it));
        if number.is_none() {
            let (least, most) = range.into_inner();
            self.violations.add(name, format!("must be a whole number from {least} to {most}"));
        }
        number
    }

    /// Takes one of these words.
    pub(crate) fn one_of<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.values.remove(name)?;
        let chosen = choices.iter().find(|it| it.0 == word).map(|it| it.1);
        if chosen.is_none() {
            let words: Vec<&str> = choices.iter().map(|it| it.0).collect();
            self.violations.add(name, format!("must be one of: {}", words.join(", ")));
        }
        chosen
    }

    fn page_size(&mut self) -> i32 {
        match self.values.remove("page_size").map(|it| it.parse()) {
            None => 0,
            Some(Ok(size @ 1..=200)) => size,
            Some(_) => {
                self.violations.add("page_size", "must be a number from 1 to 200");
                0
            }
        }
    }

    fn finish(mut self) -> Result<(), ApiError> {
        for name in self.values.into_keys() {
            self.violations.add(name, "is not a known parameter");
        }
        if self.violations.is_empty() { Ok(()) } else { Err(ApiError::invalid(self.violations.into_vec())) }
    }
}

impl<F: Filter> ListQuery<F> {
    fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters = QueryParameters::parse(query);
        let page_size = parameters.page_size();
        let page_token = parameters.text("page_token").unwrap_or_default();
        let filter = F::from_parameters(&mut parameters);
        parameters.finish().map(|()| Self { page_size, page_token, filter })
    }
}

impl<S: Sync, F: Filter> FromRequestParts<S> for ListQuery<F> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

impl<S: Sync, F: Filter> FromRequestParts<S> for FilterQuery<F> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut parameters = QueryParameters::parse(parts.uri.query().unwrap_or_default());
        let filter = F::from_parameters(&mut parameters);
        parameters.finish().map(|()| Self(filter))
    }
}

#[cfg(test)]
mod tests {
    use proto::task::v1::TaskPriority;

    use super::*;

    #[derive(Debug)]
    struct Urgent(Option<TaskPriority>, Option<(String, String)>);

    impl Filter for Urgent {
        fn from_parameters(parameters: &mut QueryParameters) -> Self {
            Self(parameters.choice("priority", TaskPriority::values()), parameters.pair("tag"))
        }
    }

    #[test]
    fn a_page_and_a_filter_are_read_from_their_parameters() {
        let query = "page_size=20&page_token=a%2Bb&priority=high&tag=env%3Dprod=eu";
        let ListQuery { page_size, page_token, filter: Urgent(priority, tag) } =
            ListQuery::parse(query).unwrap();
        assert_eq!((page_size, page_token.as_str(), priority), (20, "a+b", Some(TaskPriority::High)));
        assert_eq!(tag, Some(("env".to_owned(), "prod=eu".to_owned())));
        assert_eq!(ListQuery::<()>::parse("").unwrap().page_size, 0);
    }

    #[test]
    fn every_bad_parameter_is_named() {
        let query = "page_size=0&priority=urgent&tag=%3Dx&colour=red&page_token=a&page_token=b";
        let error = ListQuery::<Urgent>::parse(query).unwrap_err();
        let mut fields: Vec<&str> = error.violations().iter().map(|it| it.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["colour", "page_size", "page_token", "priority", "tag"]);
    }
}
