package sluice.client.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A database whose commits can be the last thing a process does, or tries to do. */
public final class CrashingDatabase {

    /** The process ends here. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        public Crash(String where) {
            super(where);
        }
    }

    /** Asked at each commit. */
    public interface Faults {
        /** Throws if the commit is not to happen. */
        void beforeCommit() throws SQLException;

        /** Throws if it happened and its caller is not to be told. */
        void afterCommit() throws SQLException;
    }

    private CrashingDatabase() {}

    public static DataSource of(DataSource database, Faults faults) {
        return (DataSource)
                Proxy.newProxyInstance(
                        CrashingDatabase.class.getClassLoader(),
                        new Class<?>[] {DataSource.class},
                        (proxy, method, arguments) -> {
                            Object result = invoke(database, method, arguments);
                            return result instanceof Connection connection
                                    ? connection(connection, faults)
                                    : result;
                        });
    }

    private static Connection connection(Connection connection, Faults faults) {
        return (Connection)
                Proxy.newProxyInstance(
                        CrashingDatabase.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) -> {
                            if (!method.getName().equals("commit")) {
                                return invoke(connection, method, arguments);
                            }
                            faults.beforeCommit();
                            invoke(connection, method, arguments);
                            faults.afterCommit();
                            return null;
                        });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
