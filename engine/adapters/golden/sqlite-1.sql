CREATE TABLE task (
    id INTEGER PRIMARY KEY, name ANY NOT NULL UNIQUE, epoch INTEGER NOT NULL, owner TEXT NOT NULL, until INTEGER NOT NULL,
    number INTEGER NOT NULL, writer INTEGER NOT NULL, head ANY) STRICT;
CREATE TABLE state (
    task INTEGER NOT NULL, key ANY NOT NULL, part ANY NOT NULL, text ANY NOT NULL,
    PRIMARY KEY (task, key, part)) STRICT, WITHOUT ROWID;
CREATE TABLE timer (
    task INTEGER NOT NULL, id TEXT NOT NULL, due INTEGER NOT NULL,
    PRIMARY KEY (task, id)) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer (task, due, id);
CREATE TABLE outbox (
    task INTEGER NOT NULL, seq INTEGER NOT NULL, text ANY NOT NULL, open INTEGER NOT NULL,
    PRIMARY KEY (task, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE lane (
    task INTEGER NOT NULL, lane ANY NOT NULL, seq INTEGER NOT NULL, state ANY NOT NULL,
    PRIMARY KEY (task, lane, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE text (name ANY PRIMARY KEY, text ANY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO task VALUES (1, 't', 1, 'owner', 0, 2, 1, '1:{"offsets":{"payments/0":18}}');
INSERT INTO state VALUES (1, 'k', '1', '1:two');
INSERT INTO state VALUES (1, 'k', 'head', '1:{"n":1}');
INSERT INTO state VALUES (1, X'C3A900', 'head', X'313A00');
INSERT INTO timer VALUES (1, 'k', 1767225600000);
INSERT INTO timer VALUES (1, 'é', -5);
INSERT INTO outbox VALUES (1, 1, '1:{"alert":1}', 1);
INSERT INTO outbox VALUES (1, 3, '1:{"alert":3}', 1);
INSERT INTO lane VALUES (1, 'slack', 1, '1:try 2');
INSERT INTO lane VALUES (1, 'slack', 3, '1:');
INSERT INTO text VALUES ('plan', '1:the plan');
PRAGMA user_version = 1;
