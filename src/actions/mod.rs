//! What the system does through the store, one file per thing. Nothing here knows of HTTP or of a terminal.

mod directory_csv;
pub mod import_directory;
