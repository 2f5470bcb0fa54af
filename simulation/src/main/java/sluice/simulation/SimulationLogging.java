package sluice.simulation;

import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Brings what gateways log into the journal of the run that goes on in this thread, if it asks. */
public final class SimulationLogging implements SLF4JServiceProvider {

    private static final ThreadLocal<@Nullable SimulatedCluster> CURRENT = new ThreadLocal<>();

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    /** From now on, what this thread logs belongs to that cluster's journal. */
    static void of(SimulatedCluster cluster) {
        if (cluster.journal.isVerbose()) {
            CURRENT.set(cluster);
        } else {
            CURRENT.remove();
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> new JournalLogger(name.substring(name.lastIndexOf('.') + 1));
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}

    private static final class JournalLogger extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1L;

        JournalLogger(String name) {
            this.name = name;
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return CURRENT.get() != null;
        }

        @Override
        public boolean isWarnEnabled() {
            return CURRENT.get() != null;
        }

        @Override
        public boolean isErrorEnabled() {
            return CURRENT.get() != null;
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String message,
                Object @Nullable [] arguments,
                @Nullable Throwable cause) {
            SimulatedCluster cluster = CURRENT.get();
            if (cluster != null) {
                var running = cluster.time.running();
                cluster.note(
                        running == null ? "" : running.name(),
                        level
                                + " "
                                + name
                                + ": "
                                + MessageFormatter.basicArrayFormat(message, arguments)
                                + (cause == null ? "" : " cause=" + cause));
            }
        }
    }
}
