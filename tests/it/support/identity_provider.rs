use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use url::Url;

use super::npm;

/// What the provider knows this platform as.
pub(crate) const CLIENT_ID: &str = "seeka";
/// What this platform shows to the provider.
pub(crate) const CLIENT_SECRET: &str = "the-secret-of-the-client";
/// Where the provider sends the people of an app to.
pub(crate) const APP_REDIRECT_URI: &str = "org.example.seeka:/signed-in";
/// The most redirects and forms on the way to a provider and back.
const MAX_STEPS: usize = 20;

/// A real `OpenID` provider; see `tests/identity_provider/provider.mjs`. It ends when it is dropped, and by itself when
/// the tests end.
pub(crate) struct IdentityProvider {
    pub(crate) issuer: String,
    process: Child,
    /// It ends, too, when nobody reads what it says.
    _output: BufReader<ChildStdout>,
}

impl IdentityProvider {
    /// Starts the provider that the server knows by `name`.
    pub(crate) fn start(name: &str, claims_in_id_token: bool) -> Self {
        let folder = npm::install("identity_provider", "provider.mjs");
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .env("PROVIDER", name)
            .env("CLIENT_SECRET", CLIENT_SECRET)
            .env("CLAIMS_IN_ID_TOKEN", if claims_in_id_token { "yes" } else { "no" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut issuer = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("a pipe"));
        output.read_line(&mut issuer).expect("the provider says where it is");
        assert!(issuer.starts_with("http://"), "no issuer: {issuer:?}");
        Self { issuer: issuer.trim().to_owned(), process, _output: output }
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        // It has ended already if this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser with a cookie jar, in which somebody answers the forms of a provider.
pub(crate) struct Browser {
    http: reqwest::Client,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).build().expect("a client");
        Self { http }
    }

    /// Opens an address and follows nothing.
    pub(crate) async fn open(&self, url: &str) -> Response {
        self.http.get(url).send().await.expect("an answer")
    }

    /// Opens an address, signs in as `login` where it is asked who it is, agrees to everything, and stops before the
    /// first address that `is_end` knows.
    pub(crate) async fn go(&self, url: &str, login: &str, is_end: impl Fn(&Url) -> bool) -> Url {
        let mut response = self.open(url).await;
        for _ in 0..MAX_STEPS {
            let at = response.url().clone();
            if let Some(next) = redirect(&response) {
                if is_end(&next) {
                    return next;
                }
                response = self.open(next.as_str()).await;
                continue;
            }
            let status = response.status();
            let page = response.text().await.expect("a page");
            assert_eq!(status, StatusCode::OK, "{at}: {page}");
            let action = between(&page, "action=\"", "\"").unwrap_or_else(|| panic!("no form at {at}: {page}"));
            let prompt = between(&page, "name=\"prompt\" value=\"", "\"").expect("a prompt");
            let form = [("prompt", prompt), ("login", login), ("password", "any")];
            response = self.http.post(action).form(&form).send().await.expect("an answer");
        }
        panic!("{url} leads nowhere");
    }

    /// Opens an address of the server and cancels at the provider; returns where that leads.
    pub(crate) async fn cancel(&self, url: &str, is_end: impl Fn(&Url) -> bool) -> Url {
        let mut next = url.to_owned();
        for _ in 0..MAX_STEPS {
            let response = self.open(&next).await;
            next = match redirect(&response) {
                Some(next) if is_end(&next) => return next,
                Some(next) => next.into(),
                None => {
                    let page = response.text().await.expect("a page");
                    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
                    links.filter(|link| link.ends_with("/abort")).last().expect("a way out").to_owned()
                }
            };
        }
        panic!("{url} leads nowhere");
    }
}

/// Where an answer sends the browser.
pub(crate) fn redirect(response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().expect("an address");
    Some(response.url().join(location).expect("an address"))
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once(end).map(|(found, _)| found)
}

/// A parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
