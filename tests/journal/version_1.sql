BEGIN TRANSACTION;
CREATE TABLE "alerts" (
   "session_id" TEXT,
   "seq" INTEGER,
   "id" TEXT,
   "at_ns" INTEGER,
   "position_id" TEXT,
   "severity" TEXT,
   "kind" TEXT,
   "text" TEXT,
   "count" INTEGER,
   "state" TEXT,
   PRIMARY KEY ("session_id", "id")
);
INSERT INTO "alerts" VALUES('S0001',7,'A-P0001-unmarked',1700000000000000000,'P0001','critical','blind','the mark has been unknown for 60 s',1,'active');
CREATE TABLE "checkpoints" (
   "session_id" TEXT,
   "seq" INTEGER,
   "key" TEXT,
   "at_ns" INTEGER,
   "body" BLOB,
   PRIMARY KEY ("session_id", "key")
);
CREATE TABLE "commands" (
   "session_id" TEXT,
   "seq" INTEGER,
   "id" TEXT,
   "at_ns" INTEGER,
   "author" TEXT,
   "command" TEXT,
   "arguments" TEXT,
   "accepted" INTEGER,
   "answer" TEXT,
   PRIMARY KEY ("session_id", "id")
);
INSERT INTO "commands" VALUES('S0001',6,'C2',1700000002000000000,'human','veto','{"position":"P0001","rule":"exhaustion"}',1,'done');
CREATE TABLE "decisions" (
   "session_id" TEXT,
   "seq" INTEGER,
   "id" TEXT,
   "at_ns" INTEGER,
   "position_id" TEXT,
   "rule" TEXT,
   "trigger" TEXT,
   "kind" TEXT,
   "confidence" REAL,
   "fraction" REAL,
   "contracts" INTEGER,
   "because" TEXT,
   "readings" TEXT,
   "suppressed" TEXT,
   "quote" TEXT,
   "parameters_sha256" TEXT,
   PRIMARY KEY ("session_id", "id")
);
INSERT INTO "decisions" VALUES('S0001',9,'D00001',1700000060000000000,'P0001','scale_out','FIRST_IMPULSE','exit',0.8,0.5,50,'scale_out says so','{"gain":[80.0,50.0,"bps"]}','[["exhaustion","VOLUME_CLIMAX"]]','{"ask":52.5,"bid":52.3,"mark":52.4,"underlying":null}','abababababababababababababababababababababababababababababababab');
INSERT INTO "decisions" VALUES('S0001',14,'D00002',1700000120000000000,'P0001','protective_stop','STOP_HIT','exit',0.8,0.5,50,'protective_stop says so','{"gain":[80.0,50.0,"bps"]}','[["exhaustion","VOLUME_CLIMAX"]]','{"ask":52.5,"bid":52.3,"mark":52.4,"underlying":null}','abababababababababababababababababababababababababababababababab');
CREATE TABLE "executions" (
   "session_id" TEXT,
   "seq" INTEGER,
   "id" TEXT,
   "order_ref" TEXT,
   "position_id" TEXT,
   "symbol" TEXT,
   "side" TEXT,
   "contracts" INTEGER,
   "price" TEXT,
   "fees" TEXT,
   "at_ns" INTEGER,
   PRIMARY KEY ("session_id", "id")
);
INSERT INTO "executions" VALUES('S0001',3,'E0','P0001-0000','P0001','NIFTY 20000 C','buy',100,'50','0',1700000000000000000);
INSERT INTO "executions" VALUES('S0001',12,'E1','P0001-0001','P0001','NIFTY 20000 C','sell',50,'52.3','0',1700000060000000000);
INSERT INTO "executions" VALUES('S0001',16,'E2','P0001-0002','P0001','NIFTY 20000 C','sell',50,'49.8','0',1700000120000000000);
CREATE TABLE "ledger" (
   "session_id" TEXT,
   "seq" INTEGER PRIMARY KEY,
   "lines" TEXT
);
INSERT INTO "ledger" VALUES('S0001',2,'["orders","P0001-0000","P0001",null,"NIFTY 20000 C","buy",100,null,"entry","filled",100,1700000000000000000,1700000000000000000,""]');
INSERT INTO "ledger" VALUES('S0001',3,'["executions","E0","P0001-0000","P0001","NIFTY 20000 C","buy",100,"50","0",1700000000000000000]');
INSERT INTO "ledger" VALUES('S0001',4,'["stops",1700000000000000000,"P0001",37.5,"premium","protective_stop","entry"]');
INSERT INTO "ledger" VALUES('S0001',5,'["verdicts",1700000001000000000,"P0001","theta_decay","hold",null,null,"theta accelerating 0.031 of 0.08 per minute",{"iv":[null,0.1,""],"rate":[0.031,0.08,"points/min"]},"sample",""]');
INSERT INTO "ledger" VALUES('S0001',8,'["stops",1700000060000000000,"P0001",49.0,"premium","protective_stop","trailed"]');
INSERT INTO "ledger" VALUES('S0001',9,'["decisions","D00001",1700000060000000000,"P0001","scale_out","FIRST_IMPULSE","exit",0.8,0.5,50,"scale_out says so",{"gain":[80.0,50.0,"bps"]},[["exhaustion","VOLUME_CLIMAX"]],{"ask":52.5,"bid":52.3,"mark":52.4,"underlying":null},"abababababababababababababababababababababababababababababababab"]');
INSERT INTO "ledger" VALUES('S0001',10,'["orders","P0001-0001","P0001","D00001","NIFTY 20000 C","sell",50,null,"exit","pending_new",0,1700000060000000000,1700000060000000000,""]');
INSERT INTO "ledger" VALUES('S0001',11,'["orders","P0001-0001","P0001","D00001","NIFTY 20000 C","sell",50,null,"exit","filled",50,1700000060000000000,1700000060000000000,""]');
INSERT INTO "ledger" VALUES('S0001',12,'["executions","E1","P0001-0001","P0001","NIFTY 20000 C","sell",50,"52.3","0",1700000060000000000]');
INSERT INTO "ledger" VALUES('S0001',13,'["verdicts",1700000002000000000,"P0001","theta_decay","hold",null,null,"theta accelerating 0.031 of 0.08 per minute",{"iv":[null,0.1,""],"rate":[0.031,0.08,"points/min"]},"decision",""]');
INSERT INTO "ledger" VALUES('S0001',14,'["decisions","D00002",1700000120000000000,"P0001","protective_stop","STOP_HIT","exit",0.8,0.5,50,"protective_stop says so",{"gain":[80.0,50.0,"bps"]},[["exhaustion","VOLUME_CLIMAX"]],{"ask":52.5,"bid":52.3,"mark":52.4,"underlying":null},"abababababababababababababababababababababababababababababababab"]');
INSERT INTO "ledger" VALUES('S0001',15,'["orders","P0001-0002","P0001","D00002","NIFTY 20000 C","sell",50,null,"exit","filled",50,1700000120000000000,1700000120000000000,""]');
INSERT INTO "ledger" VALUES('S0001',16,'["executions","E2","P0001-0002","P0001","NIFTY 20000 C","sell",50,"49.8","0",1700000120000000000]');
CREATE TABLE "orders" (
   "session_id" TEXT,
   "seq" INTEGER,
   "ref" TEXT,
   "position_id" TEXT,
   "decision_id" TEXT,
   "symbol" TEXT,
   "side" TEXT,
   "contracts" INTEGER,
   "limit_price" TEXT,
   "purpose" TEXT,
   "state" TEXT,
   "filled" INTEGER,
   "placed_ns" INTEGER,
   "changed_ns" INTEGER,
   "said" TEXT,
   PRIMARY KEY ("session_id", "ref")
);
INSERT INTO "orders" VALUES('S0001',2,'P0001-0000','P0001',NULL,'NIFTY 20000 C','buy',100,NULL,'entry','filled',100,1700000000000000000,1700000000000000000,'');
INSERT INTO "orders" VALUES('S0001',10,'P0001-0001','P0001','D00001','NIFTY 20000 C','sell',50,NULL,'exit','filled',50,1700000060000000000,1700000060000000000,'');
INSERT INTO "orders" VALUES('S0001',15,'P0001-0002','P0001','D00002','NIFTY 20000 C','sell',50,NULL,'exit','filled',50,1700000120000000000,1700000120000000000,'');
CREATE TABLE "round_trips" (
   "session_id" TEXT,
   "seq" INTEGER,
   "id" TEXT,
   "symbol" TEXT,
   "underlying" TEXT,
   "side" TEXT,
   "contracts" INTEGER,
   "opened_ns" INTEGER,
   "closed_ns" INTEGER,
   "entry_price" TEXT,
   "exit_price" TEXT,
   "gross" TEXT,
   "fees" TEXT,
   "net" TEXT,
   "mae" REAL,
   "mfe" REAL,
   "profile" TEXT,
   "parameters_sha256" TEXT,
   "currency" TEXT,
   "multiplier" REAL,
   "in_cooldown" INTEGER,
   "entry_context" TEXT,
   "exit_context" TEXT,
   PRIMARY KEY ("session_id", "id")
);
INSERT INTO "round_trips" VALUES('S0001',17,'P0001','NIFTY 20000 C','NIFTY','long',100,1700000000000000000,1700000120000000000,'50','51.05','105','0','105',-0.5,NULL,'scalp','abababababababababababababababababababababababababababababababab','INR',1.0,0,'{"delta":0.52,"iv":null}','{}');
CREATE TABLE "sessions" (
   "seq" INTEGER,
   "id" TEXT PRIMARY KEY,
   "started_ns" INTEGER,
   "ended_ns" INTEGER,
   "feed" TEXT,
   "broker" TEXT,
   "market" TEXT,
   "profile" TEXT,
   "seed" INTEGER,
   "resumed" INTEGER,
   "ledger_sha256" TEXT
);
INSERT INTO "sessions" VALUES(1,'S0001',1700000000000000000,1700000300000000000,'demo','paper','nse','scalp',7,0,'3c51a41f5450ca5c463ef837b88359878d8ab0755e4aabcfe19d667624a38ba9');
CREATE TABLE "spills" (
   "id" TEXT PRIMARY KEY,
   "batches" INTEGER
);
CREATE TABLE "stops" (
   "session_id" TEXT,
   "seq" INTEGER PRIMARY KEY,
   "at_ns" INTEGER,
   "position_id" TEXT,
   "level" REAL,
   "basis" TEXT,
   "rule" TEXT,
   "why" TEXT
);
INSERT INTO "stops" VALUES('S0001',4,1700000000000000000,'P0001',37.5,'premium','protective_stop','entry');
INSERT INTO "stops" VALUES('S0001',8,1700000060000000000,'P0001',49.0,'premium','protective_stop','trailed');
CREATE TABLE "verdicts" (
   "session_id" TEXT,
   "seq" INTEGER PRIMARY KEY,
   "at_ns" INTEGER,
   "position_id" TEXT,
   "rule" TEXT,
   "kind" TEXT,
   "trigger" TEXT,
   "confidence" REAL,
   "because" TEXT,
   "readings" TEXT,
   "why" TEXT,
   "status" TEXT
);
INSERT INTO "verdicts" VALUES('S0001',5,1700000001000000000,'P0001','theta_decay','hold',NULL,NULL,'theta accelerating 0.031 of 0.08 per minute','{"iv":[null,0.1,""],"rate":[0.031,0.08,"points/min"]}','sample','');
INSERT INTO "verdicts" VALUES('S0001',13,1700000002000000000,'P0001','theta_decay','hold',NULL,NULL,'theta accelerating 0.031 of 0.08 per minute','{"iv":[null,0.1,""],"rate":[0.031,0.08,"points/min"]}','decision','');
CREATE INDEX "verdicts_of_position"
    ON "verdicts" ("position_id", "session_id");
CREATE INDEX "stops_of_position"
    ON "stops" ("position_id", "session_id");
CREATE INDEX "decisions_of_position"
    ON "decisions" ("position_id", "session_id");
CREATE INDEX "orders_of_position"
    ON "orders" ("position_id", "session_id");
CREATE INDEX "executions_of_position"
    ON "executions" ("position_id", "session_id");
CREATE INDEX "round_trips_by_time"
    ON "round_trips" ("opened_ns");
CREATE VIEW "exits" AS 
SELECT e.session_id, e.position_id, e.symbol,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.at_ns / 1e9, 'unixepoch') AS at, e.at_ns,
       e.side, e.contracts, e.price, e.fees, e.id AS execution_id, o.ref AS order_ref, o.said,
       d.id AS cause_id, d.at_ns AS decided_ns, d.rule, d."trigger", d.confidence, d.fraction, d.because,
       d.readings, d.suppressed, d.quote, d.parameters_sha256
FROM executions AS e
JOIN orders AS o ON o.session_id = e.session_id AND o.ref = e.order_ref AND o.purpose = 'exit'
LEFT JOIN decisions AS d ON d.session_id = o.session_id AND d.id = o.decision_id;
COMMIT;
