//! W3C Baggage, by an allow-list: what a caller sends along goes on to every service, so only what the operator has named
//! is taken, and not much of it.

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry_sdk::propagation::BaggagePropagator;

/// Bytes of one value; a longer one is left out.
const MAX_VALUE: usize = 256;

/// Takes the baggage of these keys and no other.
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
    fn only_what_is_allowed_goes_on() {
        assert_eq!(passed_on(&["tenant", "plan"], "tenant=a,secret=b,plan=c"), ["plan=c", "tenant=a"]);
        assert!(passed_on(&[], "tenant=a").is_empty());
    }

    #[test]
    fn what_is_too_long_stays_behind() {
        assert!(passed_on(&["tenant"], &format!("tenant={}", "a".repeat(257))).is_empty());
    }
}
