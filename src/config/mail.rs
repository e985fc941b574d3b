use clap::Args;
use url::Url;

use super::Secret;
use super::parsers::{http_url, mailbox, smtp_url, smtp_url_file};

/// Mail to people.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Mail")]
pub struct MailConfig {
    /// Address of a mail server: `smtp://host:port` without encryption, `smtp://host?tls=required` with STARTTLS,
    /// `smtps://user:password@host` with TLS from the first byte. Without it, mails are written to `SEEKA_DATA`.
    #[arg(long = "smtp-url", env = "SMTP_URL", global = true, hide_env_values = true, value_parser = smtp_url())]
    pub smtp_url: Option<Secret>,
    /// File that holds `SMTP_URL`, in place of it.
    #[arg(long = "smtp-url-file", env = "SMTP_URL_FILE", global = true, conflicts_with = "smtp_url", value_parser = smtp_url_file())]
    pub smtp_url_file: Option<Secret>,
    /// The sender of mails, such as `Seeka <no-reply@seeka.example>`.
    #[arg(long = "mail-from", env = "SEEKA_MAIL_FROM", global = true, default_value = "Seeka <no-reply@localhost>", value_parser = mailbox())]
    pub from: String,
    /// What links in mails begin with: the address of the pages that people use. Without it, they begin with
    /// `SEEKA_PUBLIC_URL`, or with the server's own address.
    #[arg(long = "frontend-url", env = "SEEKA_FRONTEND_URL", global = true, value_parser = http_url())]
    pub frontend_url: Option<Url>,
}

impl MailConfig {
    /// Address of the mail server, wherever it stands.
    #[must_use]
    pub fn smtp_url(&self) -> Option<Secret> {
        self.smtp_url.clone().or_else(|| self.smtp_url_file.clone())
    }
}
