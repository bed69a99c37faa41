//! One object of the file with the line of each value, small enough to be held whole, so that all
//! its faults can be told at once.

/// A value and the line it begins on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub line: u64,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Flag(bool),
    /// Decimal text, as short as the number allows.
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file, a name maybe twice.
    Object(Vec<(String, Node)>),
}

impl Value {
    /// The nature of the value in French, for a fault.
    pub fn nature(&self) -> &'static str {
        match self {
            Self::Null => "une valeur nulle",
            Self::Flag(_) => "un booléen",
            Self::Number(_) => "un nombre",
            Self::Text(_) => "un texte",
            Self::List(_) => "une liste",
            Self::Object(_) => "un objet",
        }
    }

    /// Absent in all but name.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}
