// Written by owl-to-rust. Do not edit: change the ontology and sync again.

/// The id of one `Book`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BookId(pub String);

/// A printed book.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    pub id: BookId,
    /// What the item is called.
    pub title: String,
    /// What a lost item costs.
    pub price: Option<String>,
    /// International Standard Book Number.
    pub isbn: Option<String>,
    /// Who wrote the book.
    pub author: Vec<PersonId>,
    /// The book that comes before this one.
    pub sequel_to: Option<BookId>,
}

/// The id of one `Item`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ItemId(pub String);

/// Something that the library lends.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: ItemId,
    /// What the item is called.
    pub title: String,
    /// What a lost item costs.
    pub price: Option<String>,
}

/// The id of one `Loan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LoanId(pub String);

/// An item in somebody's hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Loan {
    pub id: LoanId,
    /// What was taken home.
    pub borrowed: ItemId,
    /// Who has it.
    pub borrower: PersonId,
    /// The last day of the loan.
    pub due_on: String,
    /// Whether the item is back.
    pub returned: Option<bool>,
}

/// The id of one `Person`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonId(pub String);

/// Somebody who writes or borrows.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub id: PersonId,
    /// Where reminders go.
    pub email: Vec<String>,
    /// The name on the card.
    pub full_name: String,
}
