//! The contracts of the command line: streams, exit codes, messages for people and machines, files.

mod commands {
    pub mod files;
    pub mod messages;
    pub mod parts;
    pub mod verbs;
}
