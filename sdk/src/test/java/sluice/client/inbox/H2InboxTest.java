package sluice.client.inbox;

import sluice.client.database.TestDatabase;

class H2InboxTest extends InboxContract {

    @Override
    TestDatabase database() {
        return TestDatabase.h2();
    }
}
