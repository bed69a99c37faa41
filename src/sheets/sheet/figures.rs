//! The figures of a sheet, calculated from what it holds: a reader can redo them aloud.

use super::amounts::rounded_quotient;
use super::{Cents, Family, Hundredths, Resources, Sheet, Tenths};

/// What follows from a sheet's data. `None` where it cannot be calculated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Persons to house.
    pub household_size: Option<u32>,
    /// 1 for the first adult, 0,5 for each other person of 14 or more, 0,3 for each younger one.
    pub consumption_units: Option<Hundredths>,
    /// Monthly income of the household.
    pub income: Option<Cents>,
    /// Rent, ancillary rent, charges, energy contribution and allowance for utilities, less the
    /// housing benefit; never below zero.
    pub net_cost: Option<Cents>,
    /// Net cost over income. None when the income is nil: it is « non calculable », not 0 %.
    pub effort_rate: Option<Tenths>,
    /// What is left by day and consumption unit, over months of 30 days; may be negative.
    pub residual_income: Option<Cents>,
    /// Reference tax income over its ceiling.
    pub ceiling_ratio: Option<Tenths>,
}

impl Sheet {
    /// The figures, always calculated anew.
    pub fn figures(&self) -> Figures {
        let (family, resources) = (&self.family, &self.resources);
        let income = resources.income();
        let net_cost = resources.net_cost();
        let consumption_units = family.units();
        Figures {
            household_size: family.size(),
            consumption_units,
            income,
            net_cost,
            effort_rate: income.zip(net_cost).and_then(|(income, cost)| {
                rounded_quotient(i128::from(cost.get()) * 1_000, i128::from(income.get())).map(Tenths::new)
            }),
            residual_income: income
                .filter(|income| income.get() != 0)
                .zip(net_cost)
                .zip(consumption_units)
                .and_then(|((income, cost), units)| {
                    rounded_quotient(i128::from(income.minus(cost).get()) * 100, 30 * i128::from(units.get()))
                        .map(Cents::new)
                }),
            ceiling_ratio: resources.ratio(),
        }
    }
}

impl Resources {
    /// The sum of what is listed by code, alimony paid not deducted; none when nothing is listed.
    pub fn listed_income(&self) -> Option<Cents> {
        (!self.monthly_income.is_empty()).then(|| self.monthly_income.values().copied().sum())
    }

    fn income(&self) -> Option<Cents> {
        self.monthly_income_total.or_else(|| self.listed_income())
    }

    /// None without a rent: a cost without it would mislead.
    fn net_cost(&self) -> Option<Cents> {
        let gross: Cents = [
            Some(self.base_rent?),
            self.ancillary_rent,
            self.charges,
            self.energy_contribution,
            self.utilities_allowance,
        ]
        .into_iter()
        .flatten()
        .sum();
        let net = gross.minus(self.estimated_apl.unwrap_or_default());
        Some(net.max(Cents::default()))
    }

    fn ratio(&self) -> Option<Tenths> {
        self.ceiling_ratio.or_else(|| {
            let (income, ceiling) = (self.rfr_n2.or(self.rfr_n1)?, self.income_ceiling?);
            rounded_quotient(i128::from(income.get()) * 1_000, i128::from(ceiling.get())).map(Tenths::new)
        })
    }
}

impl Family {
    /// How many dependants, whether they are listed or only counted.
    pub fn dependants(&self) -> Option<u32> {
        let listed = self.children.as_ref().map(|children| u32::try_from(children.len()).unwrap_or(u32::MAX));
        match (self.dependants_count, listed) {
            (Some(counted), Some(listed)) => Some(counted.max(listed)),
            (counted, listed) => counted.or(listed),
        }
    }

    fn size(&self) -> Option<u32> {
        self.household_size
            .or_else(|| Some(self.adults_count?.saturating_add(self.dependants()?)).filter(|size| *size > 0))
    }

    fn units(&self) -> Option<Hundredths> {
        if self.consumption_units.is_some() {
            return self.consumption_units;
        }
        let adults = i64::from(self.adults_count.filter(|adults| *adults > 0)?);
        let dependants = self.dependants()?;
        let listed = self.children.as_deref().unwrap_or_default();
        // A dependant without an age would count for 0,3 or 0,5: the sheet does not guess.
        if usize::try_from(dependants).ok()? != listed.len() {
            return None;
        }
        let mut units = 100 + (adults - 1) * 50;
        for dependant in listed {
            units += if dependant.age? >= 14 { 50 } else { 30 };
        }
        Some(Hundredths::new(units))
    }
}
