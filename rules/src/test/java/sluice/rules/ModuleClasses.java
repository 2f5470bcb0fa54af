package sluice.rules;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The class files of the modules, without their tests. */
final class ModuleClasses {

    /** What every module with code is; those that only gather libraries or hold tests are not. */
    static final List<String> MODULES =
            SourceTree.modules().stream()
                    .filter(module ->
                            Files.exists(SourceTree.ROOT.resolve(module, "src/main/java")))
                    .toList();

    static final JavaClasses ALL =
            new ClassFileImporter()
                    // What JMH makes of benchmarks is not ours.
                    .withImportOption(location -> !location.contains("/jmh_generated/"))
                    .importPaths(MODULES.stream().map(ModuleClasses::folder).toList());

    private ModuleClasses() {}

    static Path folder(String module) {
        return SourceTree.ROOT.resolve(module, "target/classes");
    }
}
