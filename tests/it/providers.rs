//! People sign in with a real `OpenID` provider: through a browser, and from an app.

mod accounts;
mod browser;
mod linking;
mod mobile;
mod rogue;
mod secrets;
mod world;
