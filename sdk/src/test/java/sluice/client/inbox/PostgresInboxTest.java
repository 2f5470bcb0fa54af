package sluice.client.inbox;

import sluice.client.database.PostgresServer;
import sluice.client.database.TestDatabase;

class PostgresInboxTest extends InboxContract {

    @Override
    TestDatabase database() {
        return PostgresServer.database();
    }
}
