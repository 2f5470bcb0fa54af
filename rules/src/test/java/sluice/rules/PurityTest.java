package sluice.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** State machines do no I/O; time and chance come in as arguments. */
class PurityTest {

    /** Packages whose classes only decide; their subpackages may do what they decided. */
    private static final String[] STATE_MACHINES = {
        "sluice.log.batch",
        "sluice.log.object",
        "sluice.log.wal",
        "sluice.engine.exchange",
        "sluice.client.batch",
        "sluice.consumer.dispatch"
    };

    /** Calls that ask the world for the time or for chance, by class. */
    private static final Map<String, Set<String>> WORLD =
            Map.of(
                    "java.lang.System", Set.of("nanoTime", "currentTimeMillis"),
                    "java.lang.Math", Set.of("random"),
                    "java.util.UUID", Set.of("randomUUID"),
                    "java.time.Instant", Set.of("now"),
                    "java.time.LocalDateTime", Set.of("now"),
                    "java.time.ZonedDateTime", Set.of("now"),
                    "java.time.OffsetDateTime", Set.of("now"),
                    "java.util.concurrent.ThreadLocalRandom", Set.of("current"));

    /** Where time and chance come in. */
    private static final DescribedPredicate<JavaClass> EDGE =
            describe(
                    "the edge",
                    type ->
                            type.getPackageName().equals("sluice.gateway")
                                    || type.getPackageName().startsWith("sluice.gateway.process")
                                    || type.getPackageName().startsWith("sluice.cli")
                                    || type.getPackageName().startsWith("sluice.bench")
                                    || outermost(type).getSimpleName().equals("SystemClock"));

    @Test
    void stateMachinesAreThereToBeChecked() {
        for (String pack : STATE_MACHINES) {
            if (!pack.endsWith("object")) {
                assertTrue(ModuleClasses.ALL.containPackage(pack), pack);
            }
        }
    }

    @Test
    void stateMachinesKnowNoThreadFileOrSocket() {
        noClasses()
                .that()
                .resideInAnyPackage(STATE_MACHINES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.util.concurrent..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.net..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, java.io.File.class)
                .because("a state machine that does no I/O can be tested without any")
                .check(ModuleClasses.ALL);
    }

    @Test
    void onlyTheEdgeAsksForTimeOrChance() {
        noClasses()
                .that(DescribedPredicate.not(EDGE))
                .should()
                .accessTargetWhere(asksTheWorld())
                .because("the simulator replays a run from its seed: time and chance are arguments")
                .check(ModuleClasses.ALL);
    }

    /** Also {@code new Random()} and {@code new SecureRandom()}, and method references. */
    private static DescribedPredicate<JavaAccess<?>> asksTheWorld() {
        return describe(
                "asks the world for time or chance",
                access -> {
                    var owner = access.getTarget().getOwner().getName();
                    var name = access.getTarget().getName();
                    boolean unseeded =
                            access instanceof JavaCall<?> call
                                    && name.equals("<init>")
                                    && Set.of("java.util.Random", "java.security.SecureRandom")
                                            .contains(owner)
                                    && call.getTarget().getRawParameterTypes().isEmpty();
                    return unseeded || WORLD.getOrDefault(owner, Set.of()).contains(name);
                });
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(PurityTest::outermost).orElse(type);
    }
}
