import { Button } from "antd";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import * as calls from "../api/calls";
import { Dialog } from "../app/Dialog";
import { LanguageMenu } from "../app/menus";
import { Mark } from "../app/Shell";
import { enter, leave, resume, signedIn } from "../app/session";
import { useText } from "../messages/text";
import "./signin.css";

type Step = "password" | "code" | "forgot" | "sent";

/** Sign-in: one field after the other, Enter goes on. Over the page when a session ran out. */
export function SignIn({ over = false }: { over?: boolean }) {
  const { t } = useText();
  const known = over ? (signedIn()?.user ?? null) : null;
  const [step, setStep] = useState<Step>("password");
  const title = t(step === "code" ? "ui.sign_in.code_title" : step === "forgot" || step === "sent" ? "ui.sign_in.forgot_title" : over ? "ui.sign_in.again" : "ui.sign_in.title");
  const body = <Steps step={step} setStep={setStep} login={known?.login ?? ""} over={over} />;
  if (over) return <Dialog title={title} onClose={() => undefined} width={400}><p className="hy-mute">{t("ui.sign_in.again_text")}</p>{body}</Dialog>;
  return <Frame title={title}>{body}</Frame>;
}

/** Known, but of no company: somebody has to give a seat first. */
export function Seatless() {
  const { t } = useText();
  return <Frame title={t("ui.sign_in.title")}><div className="hy-sign-form"><p>{t("ui.sign_in.no_seat")}</p><Button block onClick={() => void leave()}>{t("ui.sign_out")}</Button></div></Frame>;
}

function Frame({ title, children }: { title: string; children: React.ReactNode }) {
  const { t } = useText();
  return (
    <main className="hy-sign">
      <div className="hy-sign-top"><LanguageMenu /></div>
      <section>
        <div className="hy-sign-brand"><span className="hy-mark"><Mark /></span><b>Heyi</b><span>{t("ui.brand")}</span></div>
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  );
}

function Steps({ step, setStep, login, over }: { step: Step; setStep: (step: Step) => void; login: string; over: boolean }) {
  const { t, has } = useText();
  const [name, setName] = useState(login);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [why, setWhy] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const again = useRef<HTMLInputElement>(null);
  useEffect(() => { void calls.authState(); }, []);
  const arrived = async () => {
    const now = await calls.session();
    if (!now.ok) return setWhy(now.refusals[0]?.message ?? t("ui.sign_in.no_seat"));
    if (over) resume(now.data);
    else enter(now.data);
  };
  const answer = async (result: calls.SignedIn) => {
    setBusy(false);
    if (result.ok) return arrived();
    if (result.need === "totp") {
      setWhy(null);
      return setStep("code");
    }
    const key = result.errors[0] ?? "unknown";
    setWhy(t(result.limited ? "ui.sign_in.limited" : has(`ui.sign_in.${key}`) ? `ui.sign_in.${key}` : step === "code" ? "ui.sign_in.wrong_code" : "ui.sign_in.wrong"));
    again.current?.select();
  };
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    setWhy(null);
    setBusy(true);
    if (step === "password") return answer(await calls.signIn(name.trim(), password));
    if (step === "code") return answer(await calls.signInCode(code.trim()));
    const status = await calls.askReset(name.trim());
    setBusy(false);
    if (status === 200 || status === 401) setStep("sent");
    else setWhy(t(status === 429 ? "ui.sign_in.limited" : status === 0 ? "ui.failure.unreachable.text" : "ui.sign_in.email_needed"));
  };
  if (step === "sent") return <div className="hy-sign-form"><p>{t("ui.sign_in.sent", { email: name })}</p><Button block onClick={() => setStep("password")}>{t("ui.sign_in.back")}</Button></div>;
  return (
    <form className="hy-sign-form" onSubmit={(e) => void submit(e)}>
      {step !== "code" && (
        <label><span>{t(step === "forgot" ? "ui.sign_in.email" : "ui.sign_in.login")}</span>
          <input className="hy-text-input" name="username" autoComplete={step === "forgot" ? "email" : "username"} autoFocus={!login} required value={name} onChange={(e) => setName(e.target.value)} /></label>
      )}
      {step === "password" && (
        <label><span>{t("ui.sign_in.password")}</span>
          <input ref={again} className="hy-text-input" name="password" type="password" autoComplete="current-password" autoFocus={!!login} required value={password} onChange={(e) => setPassword(e.target.value)} /></label>
      )}
      {step === "code" && (
        <label><span>{t("ui.sign_in.code")}</span>
          <input ref={again} className="hy-text-input num" name="code" inputMode="numeric" autoComplete="one-time-code" autoFocus required value={code} onChange={(e) => setCode(e.target.value)} />
          <small className="hy-mute">{t("ui.sign_in.code_hint")}</small></label>
      )}
      {why && <p className="hy-sign-why" role="alert">{why}</p>}
      <Button type="primary" htmlType="submit" block loading={busy ? { delay: 300 } : false}>{t(step === "forgot" ? "ui.sign_in.send" : step === "code" ? "ui.sign_in.confirm" : "ui.sign_in.do")}</Button>
      {step === "password" && !over && <button type="button" className="hy-link" onClick={() => { setWhy(null); setStep("forgot"); }}>{t("ui.sign_in.forgot")}</button>}
      {step !== "password" && <button type="button" className="hy-link" onClick={() => { setWhy(null); setStep("password"); }}>{t("ui.sign_in.back")}</button>}
    </form>
  );
}

/** The page behind the link in the mail. */
export function ResetPassword() {
  const { key = "" } = useParams();
  const { t } = useText();
  const go = useNavigate();
  const [valid, setValid] = useState<boolean | null>(null);
  const [password, setPassword] = useState("");
  const [why, setWhy] = useState<string | null>(null);
  useEffect(() => { void calls.checkReset(key).then(setValid); }, [key]);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const { done, errors } = await calls.doReset(key, password);
    if (done) void go("/");
    else setWhy(errors.map((x) => x.message).join(" ") || t("ui.sign_in.weak"));
  };
  return (
    <Frame title={t("ui.reset.title")}>
      {valid === false ? <div className="hy-sign-form"><p>{t("ui.reset.expired")}</p><Link to="/" className="hy-link">{t("ui.sign_in.back")}</Link></div> : (
        <form className="hy-sign-form" onSubmit={(e) => void submit(e)}>
          <label><span>{t("ui.reset.password")}</span><input className="hy-text-input" type="password" autoComplete="new-password" autoFocus required minLength={8} value={password} onChange={(e) => setPassword(e.target.value)} /></label>
          {why && <p className="hy-sign-why" role="alert">{why}</p>}
          <Button type="primary" htmlType="submit" block disabled={valid === null}>{t("ui.reset.do")}</Button>
        </form>
      )}
    </Frame>
  );
}
