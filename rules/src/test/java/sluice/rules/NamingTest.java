package sluice.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Names say what a thing does; null is marked by package. */
class NamingTest {

    @Test
    void noNameHidesThatNobodyKnewWhatItIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl|Processor)(\\$.*)?")
                .because("such a name fits anything, so anything gets put there")
                .check(ModuleClasses.ALL);
    }

    @Test
    void everyPackageSaysHowItTreatsNull() {
        var unmarked = new TreeSet<String>();
        for (var type : ModuleClasses.ALL) {
            var pack = type.getPackage();
            boolean marked =
                    pack.tryGetPackageInfo()
                            .map(info -> info.isAnnotatedWith(NullMarked.class))
                            .orElse(false);
            if (!marked) {
                unmarked.add(pack.getName());
            }
        }
        assertEquals(List.of(), List.copyOf(unmarked), "packages without @NullMarked package-info");
    }
}
