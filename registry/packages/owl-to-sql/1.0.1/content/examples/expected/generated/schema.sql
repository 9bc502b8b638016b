-- Written by owl-to-sql for SQLite. Do not edit: change the ontology and sync again.
PRAGMA foreign_keys = ON;

-- A printed book.
CREATE TABLE "book" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "isbn" TEXT UNIQUE,
  "sequel_to_id" TEXT REFERENCES "book" ("id"),
  FOREIGN KEY ("id") REFERENCES "item" ("id") ON DELETE CASCADE
);

-- Something that the library lends.
CREATE TABLE "item" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "title" TEXT NOT NULL,
  "price" NUMERIC
);

-- An item in somebody's hands.
CREATE TABLE "loan" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "borrowed_id" TEXT NOT NULL REFERENCES "item" ("id"),
  "borrower_id" TEXT NOT NULL REFERENCES "person" ("id"),
  "due_on" TEXT NOT NULL,
  "returned" INTEGER
);

-- Somebody who writes or borrows.
CREATE TABLE "person" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "full_name" TEXT NOT NULL
);

CREATE TABLE "book__author" (
  "book_id" TEXT NOT NULL REFERENCES "book" ("id") ON DELETE CASCADE,
  "value_id" TEXT NOT NULL REFERENCES "person" ("id"),
  PRIMARY KEY ("book_id", "value_id")
);

CREATE TABLE "person__email" (
  "person_id" TEXT NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
  "value" TEXT NOT NULL,
  PRIMARY KEY ("person_id", "value")
);
