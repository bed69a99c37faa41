//! Fields, their errors, and the form that cannot be written without its CSRF token.

use chrono::{Datelike as _, NaiveDate};
use maud::{Markup, html};

use super::marks::{Mark, sign};

/// What a field expects, hence what the browser and a password manager may do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The login name.
    Username,
    CurrentPassword,
    NewPassword,
    /// Six digits from the second factor.
    OneTimeCode,
    Text,
    /// A day typed as 30/11/2026.
    Day,
    Email,
}

impl Kind {
    fn input_type(self) -> &'static str {
        match self {
            Kind::CurrentPassword | Kind::NewPassword => "password",
            Kind::Username | Kind::OneTimeCode | Kind::Text | Kind::Day | Kind::Email => "text",
        }
    }

    /// Password managers need their three words; everything else stays out of the form history.
    fn autocomplete(self) -> &'static str {
        match self {
            Kind::Username => "username",
            Kind::CurrentPassword => "current-password",
            Kind::NewPassword => "new-password",
            Kind::OneTimeCode => "one-time-code",
            Kind::Text | Kind::Day | Kind::Email => "off",
        }
    }

    fn inputmode(self) -> Option<&'static str> {
        match self {
            Kind::OneTimeCode => Some("numeric"),
            Kind::Email => Some("email"),
            Kind::Username | Kind::CurrentPassword | Kind::NewPassword | Kind::Text | Kind::Day => None,
        }
    }
}

/// One labelled field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// Both the `name` and the `id`: the interface's French word.
    pub name: &'a str,
    pub label: &'a str,
    /// A line under the label, or empty.
    pub help: &'a str,
    /// What was typed, kept after an error. A password is never sent back: its value is ignored.
    pub value: &'a str,
    pub kind: Kind,
}

/// A day typed as 30/11/2026, or the sentence that says how to repair it: « Écrivez le jour {of}… ».
pub fn day(typed: &str, of: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(typed.trim(), "%d/%m/%Y")
        .ok()
        .filter(|day| (2000..2100).contains(&day.year()))
        .ok_or_else(|| format!("Écrivez le jour {of}, par exemple 30/11/2026."))
}

/// Characters of a reason: some lines.
const LONGEST_REASON: usize = 600;

/// A reason that stays written down, or the sentence that asks for it.
pub fn reason(typed: &str) -> Result<String, String> {
    let reason = typed.trim().replace("\r\n", "\n");
    if reason.chars().count() < 5 {
        return Err("Écrivez le motif\u{a0}: il reste avec la décision.".to_owned());
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(format!("Résumez le motif en {LONGEST_REASON} signes au plus."));
    }
    if reason.chars().any(|sign| sign.is_control() && sign != '\n') {
        return Err("Le motif contient un signe qui ne s’affiche pas\u{a0}; retapez-le.".to_owned());
    }
    Ok(reason)
}

/// What is to be repaired, field by field, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors {
    entries: Vec<(&'static str, String)>,
}

impl Errors {
    /// Nothing to repair.
    pub fn none() -> Self {
        Self::default()
    }

    /// One error on one field.
    pub fn one(field: &'static str, sentence: impl Into<String>) -> Self {
        Self { entries: vec![(field, sentence.into())] }
    }

    /// Adds a sentence that says how to repair the field.
    pub fn add(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.entries.push((field, sentence.into()));
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn of(&self, field: &str) -> Option<&str> {
        self.entries.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }
}

/// The hidden field every form carries.
pub fn csrf_field(token: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(token); }
}

/// A form that posts, with its CSRF token and, above the fields, the summary of its errors.
pub fn post(action: &str, csrf: &str, errors: &Errors, body: Markup) -> Markup {
    html! {
        form.fields method="post" action=(action) autocomplete="off" novalidate {
            (csrf_field(csrf))
            (summary(errors))
            (body)
        }
    }
}

/// Tells a password manager whose password is asked, on a page that has no login field.
pub fn username_hint(identifier: &str) -> Markup {
    html! {
        input.unseen type="text" value=(identifier) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
    }
}

/// A form that is one button: no field can be wrong in it.
pub fn post_button(action: &str, csrf: &str, label: &str, class: &str) -> Markup {
    html! {
        form.single method="post" action=(action) {
            (csrf_field(csrf))
            button class=(class) type="submit" { (label) }
        }
    }
}

/// The main button of a form; at most one per page.
pub fn submit(label: &str) -> Markup {
    html! { button.button.filled type="submit" { (label) } }
}

/// A field with its label, help and error.
pub fn field(field: &Field<'_>, errors: &Errors) -> Markup {
    input(field, errors, true)
}

/// A field that may stay empty, and says so.
pub fn optional(field: &Field<'_>, errors: &Errors) -> Markup {
    input(field, errors, false)
}

fn input(field: &Field<'_>, errors: &Errors, required: bool) -> Markup {
    let error = errors.of(field.name);
    let secret = matches!(field.kind, Kind::CurrentPassword | Kind::NewPassword);
    html! {
        div.field.wrong[error.is_some()] {
            (label(field, required))
            input
                type=(field.kind.input_type())
                id=(field.name)
                name=(field.name)
                class=[(field.kind == Kind::OneTimeCode).then_some("code")]
                value=[(!secret).then_some(field.value)]
                autocomplete=(field.kind.autocomplete())
                inputmode=[field.kind.inputmode()]
                autocapitalize="none"
                autocorrect="off"
                spellcheck="false"
                required[required]
                aria-invalid=[error.map(|_| "true")]
                aria-describedby=[described_by(field.name, field.help, error)];
            (repair(field.name, error))
        }
    }
}

/// Several lines of text: a reason, an answer.
pub fn long_text(field: &Field<'_>, errors: &Errors, required: bool) -> Markup {
    let error = errors.of(field.name);
    html! {
        div.field.wrong[error.is_some()] {
            (label(field, required))
            textarea
                id=(field.name)
                name=(field.name)
                rows="4"
                autocomplete="off"
                spellcheck="false"
                required[required]
                aria-invalid=[error.map(|_| "true")]
                aria-describedby=[described_by(field.name, field.help, error)] { (field.value) }
            (repair(field.name, error))
        }
    }
}

/// One answer among others, that fits on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    pub value: &'a str,
    pub label: &'a str,
    /// A grey line under the label, or empty.
    pub detail: &'a str,
}

/// One of a few: radio buttons under a legend. `field.value` is the value chosen, or empty.
pub fn choices(field: &Field<'_>, of: &[Choice<'_>], errors: &Errors) -> Markup {
    let error = errors.of(field.name);
    html! {
        fieldset.field.choices.wrong[error.is_some()] id=(field.name)
            tabindex=[error.map(|_| "-1")]
            aria-describedby=[described_by(field.name, field.help, error)]
        {
            legend { (field.label) }
            @if !field.help.is_empty() { p.help id=(help_id(field.name)) { (field.help) } }
            @for choice in of {
                label {
                    input type="radio" name=(field.name) value=(choice.value) checked[choice.value == field.value];
                    span {
                        (choice.label)
                        @if !choice.detail.is_empty() { span.second { (choice.detail) } }
                    }
                }
            }
            (repair(field.name, error))
        }
    }
}

/// One of many, in a list that unfolds. `field.value` is the value chosen.
pub fn select(field: &Field<'_>, of: &[(&str, &str)], errors: &Errors) -> Markup {
    let error = errors.of(field.name);
    html! {
        div.field.wrong[error.is_some()] {
            (label(field, true))
            select
                id=(field.name)
                name=(field.name)
                autocomplete="off"
                aria-invalid=[error.map(|_| "true")]
                aria-describedby=[described_by(field.name, field.help, error)]
            {
                @for (value, words) in of {
                    option value=(value) selected[*value == field.value] { (words) }
                }
            }
            (repair(field.name, error))
        }
    }
}

/// One thing to agree to; its value is « oui ».
pub fn checkbox(name: &str, words: &str, checked: bool, errors: &Errors) -> Markup {
    let error = errors.of(name);
    html! {
        div.field.choices.wrong[error.is_some()] {
            label {
                input type="checkbox" id=(name) name=(name) value="oui" checked[checked]
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[described_by(name, "", error)];
                span { (words) }
            }
            (repair(name, error))
        }
    }
}

fn label(field: &Field<'_>, required: bool) -> Markup {
    html! {
        label for=(field.name) { (field.label) @if !required { span.optional { " (facultatif)" } } }
        @if !field.help.is_empty() { p.help id=(help_id(field.name)) { (field.help) } }
    }
}

fn repair(name: &str, error: Option<&str>) -> Markup {
    html! {
        @if let Some(error) = error {
            p.error id=(error_id(name)) { (sign(Mark::Gap)) span { (error) } }
        }
    }
}

fn help_id(name: &str) -> String {
    format!("{name}-aide")
}

fn error_id(name: &str) -> String {
    format!("{name}-erreur")
}

fn described_by(name: &str, help: &str, error: Option<&str>) -> Option<String> {
    match (help.is_empty(), error.is_some()) {
        (true, false) => None,
        (false, false) => Some(help_id(name)),
        (true, true) => Some(error_id(name)),
        (false, true) => Some(format!("{} {}", help_id(name), error_id(name))),
    }
}

fn summary(errors: &Errors) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.summary role="alert" tabindex="-1" data-focus {
                p {
                    @if errors.entries.len() == 1 { "Une saisie est à reprendre\u{a0}:" }
                    @else { (errors.entries.len()) " saisies sont à reprendre\u{a0}:" }
                }
                ul {
                    @for (name, sentence) in &errors.entries {
                        li { a href={ "#" (name) } { (sentence) } }
                    }
                }
            }
        }
    }
}
