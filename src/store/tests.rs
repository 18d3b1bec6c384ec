//! The tests of the port.
