package sluice.cli.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A parent process for tests: runs one {@link FakeChild} as a store under {@link StoreMain}.
 *
 * <p>Arguments: port, file for notes, log file of the child.
 */
public final class FakeParent {

    private FakeParent() {}

    public static void main(String[] arguments) throws Exception {
        var specs = new FakeSpecs(Path.of(arguments[1]));
        var spec =
                specs.javaCommand(
                        "orphan",
                        ChildSpec.Role.STORE,
                        Integer.parseInt(arguments[0]),
                        List.of(StoreMain.class.getName(), FakeChild.class.getName()));
        Child.start(spec, Path.of(arguments[2])).awaitEnd(Duration.ofMinutes(1));
    }
}
