//! The attributes by which the reactor's functions are recorded, so that they read as if nothing watched them.
//!
//! Knows: how a record of a call hangs on a function. Never knows: what is recorded, or where it goes; that is
//! `recording/` of the reactor, in whose methods of `EventBase` these may stand.
//!
//! ```text
//! #[call(bev => BuffereventEnable { events })]
//! pub fn bufferevent_enable(&mut self, bev: Bufferevent, events: EvFlags) -> Result<(), Error> { … }
//! ```
//!
//! records an `enter` when the function begins and an `exit` when it is left, however it is left. What stands
//! before the arrow is whose step it is: a handle, `self` for the base, or `Objects`. Of a public function, a handle
//! that names nothing of the program's makes no step. The function is `#[track_caller]`, so the record knows who
//! called it; what it calls itself sees this function's own lines.
//!
//! - `, if CONDITION` behind it: only then.
//! - `, exit EVENT { … }`: the fields with which it is left; `result` is what the function returns.
//! - `let NAME = …` alone: done before, as if by the caller, for what keeps the place where it was given.
//! - without arguments: a step that is known only later. The function says it with one of the methods of
//!   `recording/` that enter a call; whatever it entered is left when the function is.
//!
//! ```ignore
//! #[point(event => EventActive { what, why })]
//! ```
//!
//! records that the function was called, as a step without an end. With `, after` it is recorded when the function has
//! done its work, and `result` is what it returns; without, what it calls is called by its caller.
//!
//! A function that is recorded is compiled twice, with its records and without. So without a recording it costs a branch,
//! and is for the rest as if nothing watched it.

#![forbid(unsafe_code)]

use std::collections::HashSet;

use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as Tokens, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{
    Expr, ExprStruct, FnArg, ItemFn, Pat, PatType, ReturnType, Stmt, Token, Type, Visibility,
    parse_macro_input, parse_quote,
};

/// Records the call of a function, from its begin to its end.
#[proc_macro_attribute]
pub fn call(arguments: TokenStream, function: TokenStream) -> TokenStream {
    let function = parse_macro_input!(function as ItemFn);
    let Arguments { before, about } = parse_macro_input!(arguments as Arguments);
    let unsaid = quote!(self.enter_unsaid(caller););
    let enter = record(
        &function,
        about.as_ref(),
        (&quote!(enter), &quote!(Enter)),
        &unsaid,
    );
    let exit = about.and_then(|about| about.exit);
    // The line of the brace that closes the function.
    let here = here(function.block.brace_token.span.close());
    let exit = match exit {
        None => quote!(self.exit(#here);),
        Some(event) => quote! {
            let step = ::evscope_trace::steps::#event;
            self.exit_saying(#here, step);
        },
    };
    around(&function, before.as_ref(), &enter, &exit).into()
}

/// Records that a function was called, as one step.
#[proc_macro_attribute]
pub fn point(arguments: TokenStream, function: TokenStream) -> TokenStream {
    let function = parse_macro_input!(function as ItemFn);
    let about = parse_macro_input!(arguments as About);
    let record = record(
        &function,
        Some(&about),
        (&quote!(point), &quote!(Point)),
        &Tokens::new(),
    );
    if about.after {
        return around(&function, None, &Tokens::new(), &record).into();
    }
    // What it calls, its caller calls.
    let ItemFn {
        attrs,
        vis,
        sig,
        block,
    } = &function;
    let copies = copies(&function, &record);
    let statements = &block.stmts;
    let record = quote! {
        let caller = ::core::panic::Location::caller();
        #copies
        crate::recording::out_of_line(|| { #record });
    };
    // Where a type has no name, each copy would have another.
    let body = if names(quote!(#sig)).contains("impl") {
        quote!(if self.tracer.is_some() { #record } #(#statements)*)
    } else {
        quote!(if self.tracer.is_some() { #record #(#statements)* } else { #(#statements)* })
    };
    quote! {
        #(#attrs)*
        #[track_caller]
        #vis #sig { #body }
    }
    .into()
}

/// What a call's attribute says.
struct Arguments {
    before: Option<Stmt>,
    about: Option<About>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Ok(Self {
                before: None,
                about: None,
            });
        }
        if !input.peek(Token![let]) {
            return Ok(Self {
                before: None,
                about: Some(input.parse()?),
            });
        }
        input.parse::<Token![let]>()?;
        let name: syn::Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        let value: Expr = input.parse()?;
        Ok(Self {
            before: Some(parse_quote!(let #name = #value;)),
            about: None,
        })
    }
}

/// What a record says, and when it is made.
struct About {
    subject: Expr,
    event: ExprStruct,
    condition: Option<Expr>,
    /// When the function has done its work.
    after: bool,
    exit: Option<ExprStruct>,
}

impl Parse for About {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let subject = input.parse()?;
        input.parse::<Token![=>]>()?;
        let event = input.parse()?;
        let mut about = Self {
            subject,
            event,
            condition: None,
            after: false,
            exit: None,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.parse::<Option<Token![if]>>()?.is_some() {
                about.condition = Some(input.parse()?);
            } else if !input.is_empty() {
                let word: syn::Ident = input.parse()?;
                match word.to_string().as_str() {
                    "after" => about.after = true,
                    "exit" => about.exit = Some(input.parse()?),
                    _ => return Err(syn::Error::new(word.span(), "`if`, `after` or `exit`")),
                }
            }
        }
        Ok(about)
    }
}

/// Makes the first record of a function, by the method `how`; where it is none, does what `unsaid` does.
fn record(
    function: &ItemFn,
    about: Option<&About>,
    (how, phase): (&Tokens, &Tokens),
    unsaid: &Tokens,
) -> Tokens {
    let here = here(function.sig.fn_token.span);
    match about {
        None => unsaid.clone(),
        Some(About {
            subject,
            event,
            condition,
            ..
        }) => {
            let is_there = match function.vis {
                Visibility::Public(_) => quote!(is_the_programs),
                _ => quote!(is_there),
            };
            let condition = condition.iter();
            let objects = quote!(crate::recording::Subject::objects(&#subject, &*self));
            let step = quote!(::evscope_trace::steps::#event);
            // What is unusual is made once more: for what is usual nothing of it is kept.
            quote! {
                if crate::recording::Subject::#is_there(&#subject, &*self) #(&& #condition)* {
                    let done = {
                        let (objects, step) = (#objects, #step);
                        self.#how(#here, caller, &objects, &step)
                    };
                    if !done {
                        crate::recording::out_of_line(|| {
                            let (objects, step) = (#objects, #step);
                            let phase = crate::recording::Phase::#phase;
                            self.put_down(phase, #here, caller, objects, step);
                        });
                    }
                } else {
                    #unsaid
                }
            }
        }
    }
}

/// Of the function's arguments, those that a record speaks of and that can be copied. The record looks at the copies, so
/// that without a recording an argument need not lie in memory, where it could be looked at.
fn copies(function: &ItemFn, record: &Tokens) -> Tokens {
    let named = names(record.clone());
    let arguments = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(PatType { pat, ty, .. }) => match &**pat {
            Pat::Ident(pat) if is_copied(ty) => Some(&pat.ident),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let copied = arguments.filter(|argument| named.contains(&argument.to_string()));
    quote!(#(let #copied = #copied;)*)
}

/// Whether a type is one that is copied, as can be seen from its name.
fn is_copied(ty: &Type) -> bool {
    /// Those of the reactor's that are not.
    const MOVED: [&str; 3] = ["Callbacks", "NewEvent", "OwnedFd"];
    let names = names(quote!(#ty));
    matches!(ty, Type::Path(_)) && !MOVED.iter().any(|moved| names.contains(*moved))
}

/// All names in some code.
fn names(code: Tokens) -> HashSet<String> {
    let mut names = HashSet::new();
    for token in code {
        match token {
            TokenTree::Ident(name) => {
                names.insert(name.to_string());
            }
            TokenTree::Group(group) => names.extend(self::names(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    names
}

/// The place of a token. A constant has no caller, so it is its own.
fn here(token: Span) -> Tokens {
    let place = quote_spanned!(token=> ::core::panic::Location::caller());
    quote! {{
        const HERE: &::core::panic::Location<'static> = #place;
        HERE
    }}
}

/// The function, with `begin` before and `end` after what it does. That is in a closure, so that every way out of it
/// comes past the end, and that what it calls sees its lines, not its caller's.
///
/// It is compiled twice: with what records it, out of the way, and without that and what it says itself. So without a
/// recording nothing is kept for a record, and what was just looked up is still known behind the branch.
fn around(function: &ItemFn, before: Option<&Stmt>, begin: &Tokens, end: &Tokens) -> Tokens {
    let ItemFn {
        attrs,
        vis,
        sig,
        block,
    } = function;
    let output = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, output) => quote!(#output),
    };
    let unsaid = block.stmts.iter().filter(|statement| !only_says(statement));
    quote! {
        #(#attrs)*
        #[track_caller]
        #[allow(clippy::redundant_closure_call, reason = "every way out of it comes past the end")]
        #[allow(clippy::let_and_return, reason = "what is allowed is allowed for a statement")]
        #vis #sig {
            #before
            if self.tracer.is_some() {
                let caller = ::core::panic::Location::caller();
                crate::recording::out_of_line(move || -> #output {
                    #begin
                    let result = (|| -> #output #block)();
                    #end
                    result
                })
            } else {
                #[allow(unused_variables, reason = "what is known only to be said")]
                let result = (|| -> #output { #(#unsaid)* })();
                result
            }
        }
    }
}

/// Whether a statement is no more than one of the methods by which a function says what it is.
fn only_says(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(Expr::MethodCall(call), Some(_)) => call.method.to_string().starts_with("says_"),
        _ => false,
    }
}
