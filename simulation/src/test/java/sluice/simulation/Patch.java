package sluice.simulation;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;

/**
 * A change of one class file, so that production's code breaks a rule without knowing of it.
 *
 * @param type the class, by its full name
 * @param method whose code is changed; with a star at its end, all whose names begin like that
 */
record Patch(String type, String method, Change change) {

    /** What is done to the code. */
    sealed interface Change {}

    /** Calls of a method of that name call a static method instead, with the same arguments. */
    record Redirect(String called, String toType, String toMethod, boolean withSelf)
            implements Change {}

    /** Calls of a void method of that name are left out. */
    record Drop(String called) implements Change {}

    /** The whole method is a static method instead, with the same arguments. */
    record Replace(String toType, String toMethod) implements Change {}

    static Patch redirect(String type, String method, String called, String toType, String to) {
        return new Patch(type, method, new Redirect(called, toType, to, false));
    }

    /** As {@link #redirect}; the static method is also given the object whose code calls. */
    static Patch redirectWithSelf(
            String type, String method, String called, String toType, String to) {
        return new Patch(type, method, new Redirect(called, toType, to, true));
    }

    static Patch drop(String type, String method, String called) {
        return new Patch(type, method, new Drop(called));
    }

    static Patch replace(String type, String method, String toType, String to) {
        return new Patch(type, method, new Replace(toType, to));
    }

    /** Counts where it was applied: a patch that fits nothing breaks nothing. */
    ClassTransform transform(int[] applied) {
        return (builder, element) -> {
            if (!(element instanceof MethodModel model) || !fits(model)) {
                builder.with(element);
            } else if (change instanceof Replace replace) {
                applied[0]++;
                replaced(builder, model, replace);
            } else {
                builder.transformMethod(
                        model,
                        (method, part) -> {
                            if (part instanceof java.lang.classfile.CodeModel code) {
                                method.transformCode(code, (b, e) -> code(b, e, applied));
                            } else {
                                method.with(part);
                            }
                        });
            }
        };
    }

    private boolean fits(ClassElement element) {
        String name = ((MethodModel) element).methodName().stringValue();
        return method.endsWith("*")
                ? name.startsWith(method.substring(0, method.length() - 1))
                : name.equals(method);
    }

    private void code(CodeBuilder builder, CodeElement element, int[] applied) {
        if (element instanceof InvokeInstruction invoke) {
            if (change instanceof Redirect redirect && isCall(invoke, redirect.called())) {
                applied[0]++;
                redirected(builder, invoke, redirect);
                return;
            }
            if (change instanceof Drop drop && isCall(invoke, drop.called())) {
                applied[0]++;
                dropped(builder, invoke);
                return;
            }
        }
        builder.with(element);
    }

    /** The called method by its name, or by the simple name of its class, a dot and its name. */
    private static boolean isCall(InvokeInstruction invoke, String called) {
        String owner = invoke.owner().asSymbol().displayName();
        String name = invoke.name().stringValue();
        return called.equals(name) || called.equals(owner + "." + name);
    }

    private void redirected(CodeBuilder builder, InvokeInstruction invoke, Redirect to) {
        MethodTypeDesc called = invoke.typeSymbol();
        List<ClassDesc> parameters = new ArrayList<>();
        if (invoke.opcode() != Opcode.INVOKESTATIC) {
            parameters.add(invoke.owner().asSymbol());
        }
        parameters.addAll(called.parameterList());
        if (to.withSelf()) {
            builder.aload(0);
            parameters.add(ClassDesc.of(type));
        }
        builder.invokestatic(
                ClassDesc.of(to.toType()),
                to.toMethod(),
                MethodTypeDesc.of(called.returnType(), parameters));
    }

    private static void dropped(CodeBuilder builder, InvokeInstruction invoke) {
        for (ClassDesc parameter : invoke.typeSymbol().parameterList().reversed()) {
            if (TypeKind.from(parameter).slotSize() == 2) {
                builder.pop2();
            } else {
                builder.pop();
            }
        }
        if (invoke.opcode() != Opcode.INVOKESTATIC) {
            builder.pop();
        }
    }

    private void replaced(ClassBuilder builder, MethodModel model, Replace to) {
        boolean isStatic = model.flags().has(AccessFlag.STATIC);
        MethodTypeDesc descriptor = model.methodTypeSymbol();
        List<ClassDesc> parameters = new ArrayList<>();
        if (!isStatic) {
            parameters.add(ClassDesc.of(type));
        }
        parameters.addAll(descriptor.parameterList());
        builder.withMethodBody(
                model.methodName().stringValue(),
                descriptor,
                model.flags().flagsMask(),
                code -> {
                    int slot = 0;
                    for (ClassDesc parameter : parameters) {
                        TypeKind kind = TypeKind.from(parameter);
                        code.loadLocal(kind, slot);
                        slot += kind.slotSize();
                    }
                    code.invokestatic(
                            ClassDesc.of(to.toType()),
                            to.toMethod(),
                            MethodTypeDesc.of(descriptor.returnType(), parameters));
                    code.return_(TypeKind.from(descriptor.returnType()));
                });
    }
}
