package sluice.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dependencies point one way, from process to core. */
class DependencyTest {

    private static final String AWS = "software.amazon..";

    /** What benchmarks measure us beside is spoken to in its own words. */
    private static final String PEER_CLIENT =
            "sluice\\.bench\\.system\\.(SqsClients|ElasticMqSystem)(\\$.*)?";

    @Test
    void thereIsSomethingToCheckInEachModule() {
        assertTrue(ModuleClasses.MODULES.size() >= 7, ModuleClasses.MODULES::toString);
        for (String module : ModuleClasses.MODULES) {
            var classes = new ClassFileImporter().importPath(ModuleClasses.folder(module));
            assertFalse(classes.isEmpty(), "no class files in " + ModuleClasses.folder(module));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sluice.log..,         sluice.metadata.. sluice.uploader.. sluice.consumer.. sluice.engine.. sluice.simulation.. sluice.gateway.. sluice.client.. sluice.cli..",
        "sluice.metadata..,    sluice.uploader.. sluice.consumer.. sluice.engine.. sluice.simulation.. sluice.gateway.. sluice.client.. sluice.cli..",
        "sluice.uploader..,    sluice.consumer.. sluice.engine.. sluice.simulation.. sluice.gateway.. sluice.client.. sluice.cli..",
        "sluice.consumer..,    sluice.uploader.. sluice.engine.. sluice.simulation.. sluice.gateway.. sluice.client.. sluice.cli..",
        "sluice.engine..,      sluice.simulation.. sluice.gateway.. sluice.client.. sluice.cli..",
        "sluice.simulation..,  sluice.gateway.. sluice.client.. sluice.cli..",
        "sluice.gateway..,     sluice.simulation.. sluice.client.. sluice.cli..",
        "sluice.model..,       sluice.log.. sluice.metadata.. sluice.uploader.. sluice.consumer.. sluice.engine.. sluice.simulation.. sluice.gateway.. sluice.client.. sluice.cli..",
        "sluice.client..,      sluice.log.. sluice.metadata.. sluice.uploader.. sluice.consumer.. sluice.engine.. sluice.simulation.. sluice.gateway.. sluice.cli.. sluice.bench..",
        "sluice.cli..,         sluice.metadata.. sluice.uploader.. sluice.consumer.. sluice.engine.. sluice.simulation.. sluice.gateway..",
        "sluice.bench..,       sluice.engine.. sluice.simulation.. sluice.gateway..",
    })
    void aModuleKnowsOnlyThoseBelowIt(String module, String above) {
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(above.split(" "))
                .allowEmptyShould(true)
                .because(
                        "modules depend one way: log, metadata, uploader and consumer, engine, gateway; the SDK stands alone")
                .check(ModuleClasses.ALL);
    }

    @Test
    void onlyTheInnerPiecesAreMeasuredFromInside() {
        noClasses()
                .that()
                .resideInAPackage("sluice.bench..")
                .and()
                .resideOutsideOfPackage("sluice.bench.inner..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "sluice.metadata..",
                        "sluice.uploader..",
                        "sluice.consumer..",
                        "org.openjdk.jmh..")
                .because("clusters are measured as their users see them")
                .check(ModuleClasses.ALL);
    }

    @Test
    void packagesOfAModuleHaveNoCycles() {
        for (String module :
                List.of(
                        "log",
                        "metadata",
                        "uploader",
                        "consumer",
                        "engine",
                        "simulation",
                        "gateway",
                        "client",
                        "cli",
                        "bench")) {
            SlicesRuleDefinition.slices()
                    .matching("sluice." + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(ModuleClasses.ALL);
        }
    }

    @Test
    void onlyTheGatewayKnowsAFramework() {
        noClasses()
                .that()
                .resideOutsideOfPackages("sluice.gateway..", "sluice.examples..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta..",
                        "org.springframework..",
                        "io.quarkus..",
                        "io.vertx..",
                        "io.smallrye..",
                        "org.eclipse.microprofile..",
                        "io.micrometer..")
                .because("the same classes run in the simulator, which has no framework")
                .check(ModuleClasses.ALL);
    }

    @Test
    void onlyTheAdaptersKnowTheAwsSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..s3..", "..dynamodb..", "sluice.gateway..")
                .and()
                .haveNameNotMatching(PEER_CLIENT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(AWS)
                .because("one class alone meets each outside thing; all else speaks our words")
                .check(ModuleClasses.ALL);
    }
}
