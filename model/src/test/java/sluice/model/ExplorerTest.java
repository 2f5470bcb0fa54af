package sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ExplorerTest {

    /** Two counters up to three, each step adds one to one of them. */
    private static class Counters implements Model {

        @Override
        public byte[] initial() {
            return new byte[2];
        }

        @Override
        public void next(byte[] state, Steps steps) {
            for (int i = 0; i < 2; i++) {
                if (state[i] < 3) {
                    byte[] after = state.clone();
                    after[i]++;
                    steps.step(after, "counter %d becomes %d", i, after[i]);
                }
            }
        }

        @Override
        public Optional<String> broken(byte[] state) {
            return Optional.empty();
        }

        @Override
        public boolean isDone(byte[] state) {
            return state[0] == 3 && state[1] == 3;
        }

        @Override
        public boolean isHopeless(byte[] state) {
            return false;
        }

        @Override
        public String describe(byte[] state) {
            return state[0] + " and " + state[1];
        }
    }

    @Test
    void findsAllStatesAndAllStepsOnce() {
        var found = new Explorer(new Counters(), _ -> true).explore();

        assertEquals(16, found.states());
        assertEquals(24, found.steps());
        assertEquals(6, found.depth());
        assertTrue(found.isComplete());
        assertEquals(Optional.empty(), found.problem());
    }

    @Nested
    class WhatIsWrong {

        @Test
        void isShownByAShortestTrace() {
            var broken =
                    new Counters() {
                        @Override
                        public Optional<String> broken(byte[] state) {
                            return state[1] == 2 ? Optional.of("two") : Optional.empty();
                        }
                    };

            var problem = new Explorer(broken, _ -> true).explore().problem().orElseThrow();

            assertEquals("two", problem.what());
            assertEquals(List.of("counter 1 becomes 1", "counter 1 becomes 2"), problem.trace());
            assertEquals("0 and 2", problem.state());
        }

        @Test
        void mayBeThatNothingLeadsOn() {
            var stuck =
                    new Counters() {
                        @Override
                        public boolean isDone(byte[] state) {
                            return state[0] == 3 && state[1] == 1;
                        }
                    };

            var problem = new Explorer(stuck, _ -> true).explore().problem().orElseThrow();

            assertTrue(problem.what().startsWith("stuck"), problem::toString);
            assertEquals(List.of("counter 1 becomes 1", "counter 1 becomes 2"), problem.trace());
        }

        @Test
        void isNotWhereNothingCanBeExpected() {
            var hopeless =
                    new Counters() {
                        @Override
                        public boolean isDone(byte[] state) {
                            return state[0] == 3 && state[1] == 1;
                        }

                        @Override
                        public boolean isHopeless(byte[] state) {
                            return state[1] > 1;
                        }
                    };

            assertEquals(Optional.empty(), new Explorer(hopeless, _ -> true).explore().problem());
        }
    }

    @Test
    void aSearchThatWasEndedEarlySaysSo() {
        var endless =
                new Counters() {
                    @Override
                    public byte[] initial() {
                        return new byte[8];
                    }

                    @Override
                    public void next(byte[] state, Steps steps) {
                        for (int i = 0; i < state.length; i++) {
                            byte[] after = state.clone();
                            after[i] = (byte) ((after[i] + 1) % 16);
                            steps.step(after, "one more");
                        }
                    }
                };

        assertFalse(new Explorer(endless, states -> states < 10_000).explore().isComplete());
    }
}
