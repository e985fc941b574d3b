//! The correlation id: one word that stands in the answer, in every log line and in every event of a
//! request.

use axum::http::HeaderMap;

/// Takes the trace id of a valid `traceparent` header (<https://www.w3.org/TR/trace-context/>), or
/// makes one of the same form: 32 hexadecimal digits.
#[must_use]
pub fn correlation_id(headers: &HeaderMap) -> String {
    TraceParent::of(headers)
        .map_or_else(|| format!("{:032x}", rand::random::<u128>().max(1)), |parent| parent.trace.to_owned())
}

/// The parts of a valid `traceparent`, in lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent<'h> {
    /// The trace: 32 digits, not all zero.
    pub trace: &'h str,
    /// The span of the caller: 16 digits, not all zero.
    pub span: &'h str,
    /// Two digits; the last bit says whether the caller records the trace.
    pub flags: &'h str,
}

impl<'h> TraceParent<'h> {
    /// Reads the header; `None` if it is missing or not valid.
    #[must_use]
    pub fn of(headers: &'h HeaderMap) -> Option<Self> {
        headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(Self::parse)
    }

    fn parse(header: &'h str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_zero = |text: &str| text.bytes().all(|byte| byte == b'0');
        let well_formed = hex(version, 2) && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
        // Later versions may add parts; the first one has exactly four, and ff is forbidden.
        let known = version != "ff" && (version != "00" || parts.next().is_none());
        (well_formed && known && !is_zero(trace) && !is_zero(span)).then_some(Self { trace, span, flags })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_valid_traceparent_is_taken() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let trace_id = |header: &str| TraceParent::parse(header).map(|parent| parent.trace.to_owned());
        let trace_of = Some(trace.to_owned());
        assert_eq!(trace_id(&format!("00-{trace}-00f067aa0ba902b7-01")), trace_of);
        assert_eq!(trace_id(&format!("01-{trace}-00f067aa0ba902b7-01-more")), trace_of);
        for wrong in [
            String::new(),
            format!("ff-{trace}-00f067aa0ba902b7-01"),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
            format!("00-{trace}-00f067aa0ba902b7-01-more"),
            format!("00-{trace}-00f067aa0ba902b7"),
        ] {
            assert_eq!(trace_id(&wrong), None, "{wrong}");
        }
    }
}
