package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.log.SluiceException;
import sluice.uploader.BucketLifecycle.Rule;
import sluice.uploader.memory.MemoryObjectStore;

class LifecycleRulesTest {

    @Nested
    class ARetention {
        @ParameterizedTest
        @CsvSource({
            "PT1S, 1d",
            "PT24H, 1d",
            "PT24H0.001S, 7d",
            "P7D, 7d",
            "P8D, 30d",
            "P90D, 90d",
            "P91D, 365d",
            "P365D, 365d",
            "P366D, forever",
        })
        void picksTheSmallestClassThatIsAtLeastAsLong(Duration retention, String label) {
            assertEquals(label, RetentionClass.of(Optional.of(retention)).label());
        }

        @Test
        void withoutEndIsKeptForEver() {
            assertEquals(RetentionClass.FOREVER, RetentionClass.of(Optional.empty()));
        }

        @Test
        void classIsFoundByItsLabel() {
            for (RetentionClass each : RetentionClass.values()) {
                assertEquals(each, RetentionClass.labelled(each.label()));
            }
            assertThrows(IllegalArgumentException.class, () -> RetentionClass.labelled("2d"));
        }
    }

    @Nested
    class OurRules {
        @Test
        void waitADayMoreThanTheClassAndLeaveForEverAlone() {
            assertEquals(
                    List.of(
                            rule("sluice-1d", "data/1d/", 2),
                            rule("sluice-7d", "data/7d/", 8),
                            rule("sluice-30d", "data/30d/", 31),
                            rule("sluice-90d", "data/90d/", 91),
                            rule("sluice-365d", "data/365d/", 366)),
                    LifecycleRules.wanted());
        }

        @Test
        void areAllowed() {
            assertDoesNotThrow(() -> LifecycleRules.check(LifecycleRules.wanted()));
        }

        @Test
        void replaceOldOnesOfOursAndKeepThoseOfOthers() {
            var store = new MemoryObjectStore();
            Rule theirs = rule("logs", "logs/", 3);
            store.bucketRules(Optional.of(List.of(theirs, rule("sluice-7d", "data/7d/", 9))));

            assertTrue(LifecycleRules.apply(store));

            List<Rule> rules = store.rules().orElseThrow();
            assertTrue(rules.contains(theirs));
            assertEquals(6, rules.size());
            LifecycleRules.check(rules);
        }
    }

    @Nested
    class ARuleThatWouldDeleteTooEarly {
        @ParameterizedTest
        @CsvSource({
            "data/7d/, 6",
            "data/7d/00, 1",
            "data/, 364",
            "data/forever/, 3650",
            "data/forever/ab, 3650",
            "'', 3650",
            "checkpoints/, 3650",
            "check, 1",
            "data/30d/, 0",
        })
        void isRefusedByName(String prefix, int days) {
            var error =
                    assertThrows(
                            SluiceException.class,
                            () -> LifecycleRules.check(List.of(rule("tidy-up", prefix, days))));

            assertEquals("lifecycle-deletes-early", error.code());
            assertTrue(String.valueOf(error.getMessage()).contains("'tidy-up'"));
        }

        @Test
        void isAllowedWhileItIsDisabledOrRemovesNothingOrTouchesOthersOnly() {
            LifecycleRules.check(
                    List.of(
                            new Rule("off", "", false, OptionalInt.of(1)),
                            new Rule("uploads", "", true, OptionalInt.empty()),
                            rule("probe", "probe/", 1),
                            rule("exact", "data/7d/", 7)));
        }
    }

    private static Rule rule(String id, String prefix, int days) {
        return new Rule(id, prefix, true, OptionalInt.of(days));
    }
}
