//! Seeka: the backend of a community for independent series. One server speaks GraphQL, keeps
//! everything in a Neo4j graph and keeps files in S3.
//!
//! The modules in reading order: [`config`] and [`app`] start the server; [`http`] takes a request,
//! [`operation`] measures and prices it, [`budget`] pays for it, and [`attempts`] counts what is tried; [`auth`] says who asks and [`scope`] what
//! they may reach; [`schema`] merges the capabilities: [`accounts`], [`tenants`], [`catalog`], [`publishing`], [`home`],
//! [`assets`], [`follows`], [`faq`], [`support`], [`announcements`] and [`exports`]; [`mutation`] and [`events`] are what those that write
//! have in common, [`catalogue_files`] reads and writes catalogues as files; [`functions`] is what happens because
//! of events, and [`repeating`] what happens again and again; [`batch`] collects what a level of a query needs; [`graph`]
//! and [`storage`] ask
//! Neo4j and S3; [`error`] turns what goes wrong into an answer; [`telemetry`] tells what happened.

// The roots of many capabilities are merged one into the next, and so are the types of their futures.
#![recursion_limit = "256"]

pub mod config;

pub mod app;
pub mod health;
pub mod http;

pub mod attempts;
pub mod auth;
pub mod correlation;
pub mod events;
pub mod mutation;
pub mod scope;
pub mod telemetry;

pub mod budget;
pub mod meter;
pub mod operation;
pub mod schema;

mod completion;

pub mod accounts;
pub mod announcements;
pub mod assets;
pub mod catalog;
pub mod catalogue_files;
pub mod exports;
pub mod faq;
pub mod follows;
pub mod functions;
pub mod home;
pub mod publishing;
pub mod support;
pub mod tenants;

pub mod batch;
pub mod error;
pub mod graph;
pub mod id;
pub mod mail;
pub mod pagination;
pub mod repeating;
pub mod storage;
pub mod text;
pub mod time;

pub mod generate;
pub mod local;
pub mod seed;

mod graphiql;
mod waiting;
