use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// The most of an answer of a provider that is read, in bytes: the keys of the largest have some tens of thousands.
const MAX_ANSWER_BYTES: usize = 512 * 1024;
/// The part of the time of a request that connecting may take.
const CONNECT_PART: u32 = 2;

/// Why a provider could not be asked. Addresses stay out of it: that of a request may hold a code.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestFailure {
    /// No answer came, or it broke off.
    #[error("no answer: {0}")]
    Sending(#[source] reqwest::Error),
    /// The answer is too long.
    #[error("the answer has more than {MAX_ANSWER_BYTES} bytes")]
    TooLong,
    /// The answer has headers that are none.
    #[error("the answer cannot be read: {0}")]
    Malformed(#[from] axum::http::Error),
}

impl From<reqwest::Error> for RequestFailure {
    fn from(error: reqwest::Error) -> Self {
        Self::Sending(error.without_url())
    }
}

/// Asks providers: within a time, up to a length, and nobody whom an answer redirects to.
pub(super) struct ProviderHttp(reqwest::Client);

impl ProviderHttp {
    /// A client with a limit for each request; `secure` refuses to ask without TLS.
    pub(super) fn new(limit: Duration, secure: bool) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .https_only(secure)
            .connect_timeout(limit / CONNECT_PART)
            .timeout(limit)
            .user_agent(concat!("seeka/", env!("CARGO_PKG_VERSION")));
        builder.build().map(Self)
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, RequestFailure> {
        let mut response = self.0.execute(request.try_into()?).await?;
        let mut answer = axum::http::Response::builder().status(response.status());
        if let Some(headers) = answer.headers_mut() {
            headers.clone_from(response.headers());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(RequestFailure::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(answer.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = RequestFailure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, RequestFailure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
