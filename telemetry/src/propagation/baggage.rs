//! W3C Baggage with an allow-list: baggage of a caller is passed on to every service, so only the keys that the operator
//! allows are accepted, with a limited length.

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry_sdk::propagation::BaggagePropagator;

/// Maximum length of a value in bytes; members with a longer one are dropped.
const MAX_VALUE: usize = 256;

/// A propagator of baggage that accepts only the allowed keys.
#[derive(Debug)]
pub(crate) struct AllowedBaggage {
    inner: BaggagePropagator,
    keys: Vec<String>,
}

impl AllowedBaggage {
    pub(crate) fn of(keys: Vec<String>) -> Self {
        Self { inner: BaggagePropagator::new(), keys }
    }
}

impl TextMapPropagator for AllowedBaggage {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        self.inner.inject_context(context, injector);
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        if self.keys.is_empty() {
            return context.clone();
        }
        let all = self.inner.extract_with_context(&Context::new(), extractor);
        let allowed = self.keys.iter().filter_map(|key| {
            let value = all.baggage().get(key).filter(|it| it.as_str().len() <= MAX_VALUE)?;
            Some(opentelemetry::KeyValue::new(key.clone(), value.clone()))
        });
        context.with_baggage(allowed)
    }

    fn fields(&self) -> FieldIter<'_> {
        self.inner.fields()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn passed_on(keys: &[&str], baggage: &str) -> Vec<String> {
        let propagator = AllowedBaggage::of(keys.iter().map(|&it| it.to_owned()).collect());
        let incoming = HashMap::from([("baggage".to_owned(), baggage.to_owned())]);
        let context = propagator.extract_with_context(&Context::new(), &incoming);
        let mut outgoing = HashMap::new();
        propagator.inject_context(&context, &mut outgoing);
        let mut members: Vec<String> = outgoing
            .get("baggage")
            .into_iter()
            .flat_map(|it: &String| it.split(','))
            .map(ToOwned::to_owned)
            .collect();
        members.sort();
        members
    }

    #[test]
    fn only_allowed_keys_are_passed_on() {
        assert_eq!(passed_on(&["tenant", "plan"], "tenant=a,secret=b,plan=c"), ["plan=c", "tenant=a"]);
        assert!(passed_on(&[], "tenant=a").is_empty());
    }

    #[test]
    fn a_value_that_is_too_long_is_dropped() {
        assert!(passed_on(&["tenant"], &format!("tenant={}", "a".repeat(257))).is_empty());
    }
}
