package sluice.client.outbox;

import sluice.client.database.PostgresServer;
import sluice.client.database.TestDatabase;

/** On a real server; skipped where the machine has none. */
class PostgresOutboxTest extends OutboxContract {

    @Override
    TestDatabase database() {
        return PostgresServer.database();
    }

    @Override
    int seeds() {
        return 5;
    }
}
