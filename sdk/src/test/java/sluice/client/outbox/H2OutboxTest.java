package sluice.client.outbox;

import sluice.client.database.TestDatabase;

class H2OutboxTest extends OutboxContract {

    @Override
    TestDatabase database() {
        return TestDatabase.h2();
    }

    @Override
    int seeds() {
        return Integer.getInteger("sluice.seeds", 12);
    }
}
