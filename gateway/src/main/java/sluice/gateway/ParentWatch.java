package sluice.gateway;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends this process when the launcher that started it is gone, at once: the local stores went with
 * it, so a drain would only keep the ports for as long as it is waited for.
 */
@Singleton
final class ParentWatch {

    private static final Logger LOGGER = LoggerFactory.getLogger(ParentWatch.class);

    void start(@Observes StartupEvent event, GatewayConfig config) {
        config.dev().parentPid().ifPresent(ParentWatch::endWith);
    }

    private static void endWith(long pid) {
        ProcessHandle.of(pid)
                .ifPresentOrElse(parent -> parent.onExit().thenRun(() -> end(pid)), () -> end(pid));
    }

    private static void end(long pid) {
        LOGGER.atInfo().addKeyValue("pid", pid).log("the parent process is gone: ending");
        Runtime.getRuntime().halt(1);
    }
}
