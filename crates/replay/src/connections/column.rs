//! The columns of the table of connections: their names, their cells, and how they sort.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use evscope_words::{Text, text};

use super::Connection;
use crate::describe::{bytes, clock, span};

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionColumn {
    /// Its bufferevent.
    Who,
    /// The peer's address.
    Peer,
    /// When it began.
    When,
    /// How long it lasted.
    Lasted,
    /// Bytes from the peer.
    Read,
    /// Bytes to the peer.
    Written,
    /// Bytes that were lost.
    Unsent,
    /// How often its callbacks ran.
    Callbacks,
    /// How long the longest of them took.
    Longest,
    /// How long it waited for the peer.
    Waiting,
    /// How long reading was suspended.
    Suspended,
    /// How long callbacks of others held it up.
    Blocked,
    /// How many mistakes are found.
    Findings,
}

use ConnectionColumn::{
    Blocked, Callbacks, Findings, Lasted, Longest, Peer, Read, Suspended, Unsent, Waiting, When,
    Who, Written,
};

/// A word that names no column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct UnknownColumn(String);

impl UnknownColumn {
    fn text(&self) -> Text {
        let columns = ConnectionColumn::ALL.map(ConnectionColumn::name).join(", ");
        text!(column_none, text = self.0, columns)
    }
}

impl FromStr for ConnectionColumn {
    type Err = UnknownColumn;

    fn from_str(text: &str) -> Result<Self, UnknownColumn> {
        Self::ALL
            .into_iter()
            .find(|column| column.name() == text)
            .ok_or_else(|| UnknownColumn(text.to_owned()))
    }
}

impl fmt::Display for ConnectionColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ConnectionColumn {
    /// All, from left to right.
    pub const ALL: [Self; 13] = [
        Who, Peer, When, Lasted, Read, Written, Unsent, Callbacks, Longest, Waiting, Suspended,
        Blocked, Findings,
    ];

    /// The name users say.
    pub fn name(self) -> &'static str {
        match self {
            Who => "who",
            Peer => "peer",
            When => "when",
            Lasted => "lasted",
            Read => "read",
            Written => "written",
            Unsent => "unsent",
            Callbacks => "callbacks",
            Longest => "longest",
            Waiting => "waiting",
            Suspended => "suspended",
            Blocked => "blocked",
            Findings => "findings",
        }
    }

    /// What a row has in it, as text.
    pub fn cell(self, row: &Connection) -> String {
        match self {
            Who => match (row.bev, row.fd) {
                (Some(bev), _) => bev.to_string(),
                (None, Some(fd)) => format!("fd {fd}"),
                (None, None) => String::new(),
            },
            Peer => row.peer.clone().unwrap_or_default(),
            When => clock(row.began),
            Lasted => span(row.lasted()),
            Read => bytes(row.read),
            Written => bytes(row.written),
            Unsent if row.unsent == 0 => "none".to_owned(),
            Unsent => bytes(row.unsent),
            Callbacks => row.callbacks.to_string(),
            Longest => span(row.longest),
            Waiting => span(row.waiting),
            Suspended => span(row.suspended),
            Blocked => span(row.blocked),
            Findings => row.findings.to_string(),
        }
    }

    /// Sorts rows by it: names and times as they come, of amounts the greatest first.
    pub fn sort(self, rows: &mut [Connection]) {
        match self {
            Who => rows.sort_by_key(|row| (row.bev, row.fd)),
            Peer => rows.sort_by(|a, b| a.peer.cmp(&b.peer)),
            When => rows.sort_by_key(|row| row.step),
            Lasted => rows.sort_by_key(|row| Reverse(row.lasted())),
            Read => rows.sort_by_key(|row| Reverse(row.read)),
            Written => rows.sort_by_key(|row| Reverse(row.written)),
            Unsent => rows.sort_by_key(|row| Reverse(row.unsent)),
            Callbacks => rows.sort_by_key(|row| Reverse(row.callbacks)),
            Longest => rows.sort_by_key(|row| Reverse(row.longest)),
            Waiting => rows.sort_by_key(|row| Reverse(row.waiting)),
            Suspended => rows.sort_by_key(|row| Reverse(row.suspended)),
            Blocked => rows.sort_by_key(|row| Reverse(row.blocked)),
            Findings => rows.sort_by_key(|row| Reverse(row.findings)),
        }
    }
}
