package sluice.cli.dev;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs the main class of a local store in a process that never outlives its parent.
 *
 * <p>The parent holds the other end of standard input and never writes to it. However the parent
 * ends, {@code kill -9} included, the operating system closes that end, and this process halts. The
 * stores write through, so nothing is lost by halting.
 */
public final class StoreMain {

    /** Exit status of a store whose parent is gone. */
    static final int PARENT_GONE = 3;

    private StoreMain() {}

    /**
     * @param arguments the name of the class whose {@code main} is to run, then its arguments
     */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("the class to run must be the first argument");
        }
        Thread.ofPlatform().daemon().name("parent-watch").start(StoreMain::haltWithParent);
        var main = Class.forName(arguments[0]).getMethod("main", String[].class);
        try {
            main.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            // A store that did not start must end, whatever threads it left.
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void haltWithParent() {
        try {
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            // A broken pipe says the same as its end.
        }
        Runtime.getRuntime().halt(PARENT_GONE);
    }
}
