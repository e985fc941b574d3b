//! What tests share: the server, clients that speak GraphQL to it, and catalogues to tell stories with.

mod app;
mod cast;
mod client;
mod collector;
mod go_program;
mod identity_provider;
mod mail;
mod mailpit;
mod member;
pub(crate) mod npm;
mod process;
mod smtp;
mod story;
mod studio;
mod toxiproxy;
mod versitygw;

pub(crate) use app::{PATIENT, Sibling, TestApp};
pub(crate) use cast::{Cast, Person};
pub(crate) use client::{Answer, Client, codes, input_type};
pub(crate) use collector::{Collector, Trace, attribute};
pub(crate) use identity_provider::{
    APP_REDIRECT_URI, Browser, CLIENT_ID, CLIENT_SECRET, IdentityProvider, parameter, redirect,
};
pub(crate) use mail::Letter;
pub(crate) use mailpit::{Mailpit, free_port};
pub(crate) use member::{Member, PASSWORD};
pub(crate) use process::{SeekaProcess, data_folder, servers_folder};
pub(crate) use smtp::{Mood, Smtp};
pub(crate) use story::{Story, credit, days_ago, episode, series};
pub(crate) use studio::{Studio, confirm_address, invitation_token, make_operator, slug_of};
pub(crate) use toxiproxy::{Toxiproxy, connections_to};
pub(crate) use versitygw::Versitygw;
