package sluice.client.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;

/** Databases of the tests, empty and with a pool, as an application would have them. */
public interface TestDatabase extends AutoCloseable {

    AtomicLong NAMES = new AtomicLong();

    DataSource dataSource();

    @Override
    void close();

    /** In memory, for one test. */
    static TestDatabase h2() {
        var source = new JdbcDataSource();
        source.setUrl("jdbc:h2:mem:test" + NAMES.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
        return pooled(JdbcConnectionPool.create(source));
    }

    static TestDatabase pooled(JdbcConnectionPool pool) {
        pool.setMaxConnections(20);
        return new TestDatabase() {
            @Override
            public DataSource dataSource() {
                return pool;
            }

            @Override
            public void close() {
                pool.dispose();
            }
        };
    }

    /** Runs statements in one transaction. */
    default void change(SqlWork work) throws SQLException {
        try (Connection connection = dataSource().getConnection()) {
            connection.setAutoCommit(false);
            work.run(connection);
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    default void execute(String sql) throws SQLException {
        change(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    /** The first column of all rows. */
    default List<Object> query(String sql) throws SQLException {
        var found = new ArrayList<Object>();
        try (Connection connection = dataSource().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getObject(1));
            }
        }
        return found;
    }

    /** Statements of one transaction. */
    interface SqlWork {
        void run(Connection connection) throws SQLException;
    }
}
