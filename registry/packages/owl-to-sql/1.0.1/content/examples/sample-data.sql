-- Rows that the generated schema accepts, foreign keys on.
INSERT INTO person (id, full_name) VALUES ('p1', 'Ursula K. Le Guin'), ('p2', 'A. Reader');
INSERT INTO person__email VALUES ('p2', 'reader@example.com');
INSERT INTO item (id, title, price) VALUES ('b1', 'A Wizard of Earthsea', 9.99), ('b2', 'The Tombs of Atuan', 8.99);
INSERT INTO book (id, isbn, sequel_to_id) VALUES ('b1', '978-0-14-030477-6', NULL), ('b2', '978-0-689-84536-9', 'b1');
INSERT INTO book__author VALUES ('b1', 'p1'), ('b2', 'p1');
INSERT INTO loan (id, borrowed_id, borrower_id, due_on, returned) VALUES ('l1', 'b2', 'p2', '2026-12-24', 0);
