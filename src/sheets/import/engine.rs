//! The checks between the parser and the sink, a committee at a time. Both formats end here.

use std::collections::{HashMap, HashSet};

use chrono::{Months, NaiveDate};

use super::fields::{Desk, Object, line_in};
use super::sheet::{self, Draft};
use super::tree::{Node, Value};
use super::{
    CommitteeHeader, CommitteeStatus, Contents, Context, FaultKind, Faults, Format, Limits, Objection,
    Report, Sink, committee, digest,
};

/// The sink failed: its error waits in the engine.
#[derive(Debug)]
pub(super) struct SinkFailed;

pub(super) struct Engine<'a, S: Sink> {
    pub desk: Desk<'a>,
    pub limits: Limits,
    sink: &'a mut S,
    committees: u64,
    sheets: u64,
    references: HashSet<String>,
    header: Vec<(String, Node)>,
    line: u64,
    drafts: Vec<Draft>,
    /// Sheets of the current committee, those past the limit included.
    position: usize,
    spoiled: bool,
    failure: Option<S::Error>,
}

impl<'a, S: Sink> Engine<'a, S> {
    pub fn new(format: Format, limits: Limits, context: &'a dyn Context, sink: &'a mut S) -> Self {
        Self {
            desk: Desk { faults: Faults::keeping(limits.faults), context, format },
            limits,
            sink,
            committees: 0,
            sheets: 0,
            references: HashSet::new(),
            header: Vec::new(),
            line: 0,
            drafts: Vec::new(),
            position: 0,
            spoiled: false,
            failure: None,
        }
    }

    /// The path of the committee being read.
    pub fn committee_path(&self) -> String {
        format!("committees[{}]", self.committees.saturating_sub(1))
    }

    /// So many faults that reading on would only cost time. Told once.
    pub fn is_hopeless(&mut self, line: u64) -> bool {
        let hopeless = self.desk.faults.total() >= self.limits.all_faults;
        if hopeless {
            self.desk.fault(
                line,
                "",
                FaultKind::TooLarge,
                format!("{}\u{a0}anomalies\u{a0}: la suite n’a pas été lue", self.limits.all_faults),
                "un fichier dont la structure est celle du format",
            );
        }
        hopeless
    }

    /// A committee begins at this line.
    pub fn open_committee(&mut self, line: u64) {
        self.committees += 1;
        self.line = line;
        self.header.clear();
        self.drafts.clear();
        self.position = 0;
    }

    /// A field of the current committee, wherever it stands.
    pub fn header_field(&mut self, name: String, node: Node) {
        // Past a hundred the object is nonsense: what it lacks is told anyway.
        if self.header.len() < 100 {
            self.header.push((name, node));
        }
    }

    /// A sheet of the current committee.
    pub fn sheet(&mut self, node: Node) {
        let path = format!("{}.sheets[{}]", self.committee_path(), self.position);
        self.position += 1;
        self.sheets += 1;
        let line = node.line;
        let before = self.desk.faults.total();
        let Some(mut object) = Object::open(&mut self.desk, path.clone(), node) else {
            self.notice_faults();
            return;
        };
        let mut draft = sheet::read(&mut object);
        draft.lines = object.close();
        draft.line = line;
        draft.path = path;
        if !draft.sheet.commune_insee.is_empty()
            && let Some(objection) = self.desk.context.commune_objection(&draft.sheet.commune_insee)
        {
            self.object_to_sheet(&draft, objection);
        }
        draft.sound = self.desk.faults.total() == before;
        self.notice_faults();
        if self.position == self.limits.sheets + 1 {
            self.desk.fault(
                line,
                format!("{}.sheets", self.committee_path()),
                FaultKind::TooLarge,
                format!("plus de {}\u{a0}fiches", self.limits.sheets),
                format!("{}\u{a0}fiches au plus par commission", self.limits.sheets),
            );
        }
        if self.position <= self.limits.sheets {
            self.drafts.push(draft);
        }
    }

    /// The current committee ends: it is checked as a whole and handed over. `listed` says whether
    /// the file gave a list of sheets at all.
    pub fn close_committee(&mut self, listed: bool) -> Result<(), SinkFailed> {
        let before = self.desk.faults.total();
        let today = self.desk.context.today();
        let path = self.committee_path();
        let node = Node { line: self.line, value: Value::Object(std::mem::take(&mut self.header)) };
        let header = Object::open(&mut self.desk, path.clone(), node).and_then(|mut object| {
            let header = committee::read(&mut object, &self.limits, today);
            let line = object.line_of("reference");
            object.close();
            header.map(|header| (header, line))
        });
        if let Some((header, line)) = &header {
            self.check_committee(header, *line, &path, listed);
        }
        let sound = self.desk.faults.total() == before;
        let mut drafts = std::mem::take(&mut self.drafts);
        let day = header.as_ref().map_or(today, |(header, _)| header.held_on);
        for draft in &mut drafts {
            self.settle_dates(draft, day, today);
        }
        self.find_doubles(&mut drafts);
        self.notice_faults();
        match header {
            Some((header, line)) if sound => self.hand_over(&header, line, drafts),
            _ => Ok(()),
        }
    }

    fn check_committee(&mut self, header: &CommitteeHeader, line: u64, path: &str, listed: bool) {
        if !self.references.insert(header.reference.clone()) {
            self.desk.fault(
                line,
                format!("{path}.reference"),
                FaultKind::DuplicateCommittee,
                "une commission déjà lue dans ce fichier",
                "une seule fois chaque commission, toutes ses fiches à la suite",
            );
        }
        if self.references.len() == self.limits.committees + 1 {
            self.desk.fault(
                line,
                "committees",
                FaultKind::TooLarge,
                format!("plus de {}\u{a0}commissions", self.limits.committees),
                format!("{}\u{a0}commissions au plus", self.limits.committees),
            );
        }
        if !listed && header.status != CommitteeStatus::Cancelled {
            self.desk.fault(
                self.line,
                format!("{path}.sheets"),
                FaultKind::Missing,
                "rien",
                "la liste complète des fiches, même vide",
            );
        }
    }

    /// What depends on the day of the committee: ages, seniority, dates that cannot be.
    fn settle_dates(&mut self, draft: &mut Draft, day: NaiveDate, today: NaiveDate) {
        let filed = draft.sheet.identification.initial_filing_date;
        if filed.is_some_and(|filed| filed > day) {
            self.date_fault(
                draft,
                "initial_filing_date",
                "un dépôt postérieur à la commission",
                "une date antérieure à la commission",
            );
        }
        if let (Some(claimed), Some(filed)) = (draft.seniority, filed) {
            let months = months_between(filed, day);
            if claimed.abs_diff(months) > 1 {
                self.fault_in(
                    draft,
                    "seniority_months",
                    FaultKind::Figure,
                    format!("{claimed}\u{a0}mois"),
                    format!("{months}\u{a0}mois à un près, d’après la date de dépôt, ou un champ absent"),
                );
            }
        }
        let expected = draft.sheet.family.expected_birth_date;
        if expected.is_some_and(|birth| birth > day + Months::new(10) || birth + Months::new(12) < day) {
            self.date_fault(
                draft,
                "expected_birth_date",
                "une date à plus de dix mois de la commission",
                "la date prévue d’une naissance attendue",
            );
        }
        if let Some(age) = self.age(draft, "birth_date", draft.birth_date, day, today) {
            draft.sheet.identification.age = Some(age);
        }
        if let Some(age) = self.age(draft, "co_applicant", draft.co_birth_date, day, today)
            && let Some(person) = &mut draft.sheet.identification.co_applicant
        {
            person.age = Some(age);
        }
    }

    fn age(
        &mut self,
        draft: &mut Draft,
        field: &'static str,
        birth: Option<NaiveDate>,
        day: NaiveDate,
        today: NaiveDate,
    ) -> Option<u32> {
        let birth = birth?;
        if birth > today || birth > day {
            self.date_fault(draft, field, "une naissance dans l’avenir", "une date passée");
            return None;
        }
        let age = day.years_since(birth)?;
        if age > 120 {
            self.date_fault(draft, field, "plus de 120\u{a0}ans", "une date de naissance vraisemblable");
            return None;
        }
        Some(age)
    }

    /// The same applicant twice for a dwelling, or two applicants at one rank.
    fn find_doubles(&mut self, drafts: &mut [Draft]) {
        let mut candidates: HashMap<(String, String), u64> = HashMap::new();
        let mut ranks: HashMap<(String, u32), u64> = HashMap::new();
        for draft in drafts {
            let home = draft.sheet.dwelling.dwelling_ref.clone();
            if home.is_empty() {
                continue;
            }
            if !draft.sheet.identification.nur.is_empty() {
                let pair = (draft.sheet.identification.nur.clone(), home.clone());
                if let Some(first) = candidates.get(&pair) {
                    let found = format!("la même demande pour le même logement qu’à la ligne {first}");
                    self.fault_in(
                        draft,
                        "nur",
                        FaultKind::DuplicateSheet,
                        found,
                        "une fiche par demande et par logement",
                    );
                } else {
                    let line = line_in(&draft.lines, "nur").unwrap_or(draft.line);
                    candidates.insert(pair, line);
                }
            }
            if let Some(rank) = draft.sheet.proposed_rank {
                if let Some(first) = ranks.get(&(home.clone(), rank)) {
                    let found = format!("le rang {rank}, déjà pris à la ligne {first} pour ce logement");
                    self.fault_in(
                        draft,
                        "proposed_rank",
                        FaultKind::DuplicateRank,
                        found,
                        "un rang par candidat et par logement",
                    );
                } else {
                    let line = line_in(&draft.lines, "proposed_rank").unwrap_or(draft.line);
                    ranks.insert((home, rank), line);
                }
            }
        }
    }

    fn hand_over(
        &mut self,
        header: &CommitteeHeader,
        line: u64,
        drafts: Vec<Draft>,
    ) -> Result<(), SinkFailed> {
        let contents = Contents {
            sheets: drafts.iter().filter(|draft| draft.sound).count(),
            digest: digest::of_committee(
                header,
                drafts.iter().filter(|draft| draft.sound).map(|draft| &draft.sheet),
            ),
        };
        let objections = self.sink.committee(header, &contents);
        for objection in self.or_failed(objections)? {
            let path = format!("{}.{}", self.committee_path(), objection.field);
            self.desk.fault(line, path, objection.kind, objection.found, objection.accepted);
        }
        self.notice_faults();
        for mut draft in drafts.into_iter().filter(|draft| draft.sound) {
            let sheet = std::mem::take(&mut draft.sheet);
            let objections = self.sink.sheet(header, sheet);
            for objection in self.or_failed(objections)? {
                self.object_to_sheet(&draft, objection);
            }
            self.notice_faults();
        }
        Ok(())
    }

    fn or_failed<T>(&mut self, result: Result<T, S::Error>) -> Result<T, SinkFailed> {
        result.map_err(|error| {
            self.failure = Some(error);
            SinkFailed
        })
    }

    fn object_to_sheet(&mut self, draft: &Draft, objection: Objection) {
        let line = line_in(&draft.lines, objection.field).unwrap_or(draft.line);
        let path = format!("{}.{}", draft.path, objection.field);
        self.desk.fault(line, path, objection.kind, objection.found, objection.accepted);
    }

    fn date_fault(&mut self, draft: &mut Draft, field: &'static str, found: &str, accepted: &str) {
        self.fault_in(draft, field, FaultKind::Date, found.to_owned(), accepted);
    }

    fn fault_in(
        &mut self,
        draft: &mut Draft,
        field: &'static str,
        kind: FaultKind,
        found: String,
        accepted: impl Into<String>,
    ) {
        draft.sound = false;
        let line = line_in(&draft.lines, field).unwrap_or(draft.line);
        self.desk.fault(line, format!("{}.{field}", draft.path), kind, found, accepted);
    }

    fn notice_faults(&mut self) {
        if !self.spoiled && !self.desk.faults.is_empty() {
            self.spoiled = true;
            self.sink.spoiled();
        }
    }

    /// The end of the file, or of what could be read of it.
    pub fn finish(mut self) -> Result<Report, S::Error> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        self.notice_faults();
        self.sink.finish(self.desk.faults.is_empty())?;
        Ok(Report { committees: self.committees, sheets: self.sheets, faults: self.desk.faults })
    }
}

/// Completed months between two days.
fn months_between(since: NaiveDate, until: NaiveDate) -> u32 {
    use chrono::Datelike;
    let months = (until.year() - since.year()) * 12 + i32::try_from(until.month()).unwrap_or_default()
        - i32::try_from(since.month()).unwrap_or_default()
        - i32::from(until.day() < since.day());
    u32::try_from(months).unwrap_or_default()
}
