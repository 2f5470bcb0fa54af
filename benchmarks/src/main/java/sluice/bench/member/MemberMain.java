package sluice.bench.member;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The process of a member.
 *
 * <p>Arguments: {@code sluice} or {@code kafka}, the addresses, the member's name, topic and group
 * to warm up with, topic and group to read, and further settings as {@code key=value}. Ends with
 * its input.
 */
public final class MemberMain {

    private static final int FIXED = 7;

    private MemberMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        // Libraries that print would break the lines.
        System.setOut(System.err);
        var told = new LinkedBlockingQueue<String>();
        Thread.ofPlatform().name("commands").daemon().start(() -> listen(told));
        var loop =
                new MemberLoop(
                        told,
                        event -> {
                            synchronized (out) {
                                out.println(event.line());
                                out.flush();
                            }
                        });
        loop.warmUp(changes -> client(arguments, arguments[3], arguments[4], changes));
        loop.run(changes -> client(arguments, arguments[5], arguments[6], changes));
    }

    private static MemberClient client(
            String[] arguments, String topic, String group, MemberClient.Changes changes) {
        if (arguments[0].equals("sluice")) {
            return new SluiceMember(arguments[1], arguments[2], topic, group, changes);
        }
        var settings = new HashMap<String, String>();
        for (int i = FIXED; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        return new KafkaMember(
                arguments[1], arguments[2], topic, group, Map.copyOf(settings), changes);
    }

    private static void listen(BlockingQueue<String> told) {
        try (var in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                told.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the input broke", e);
        } finally {
            told.add(MemberLoop.END);
        }
    }
}
