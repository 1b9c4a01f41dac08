//! The permissions of tasks: who may change, delete and cancel a task that they may see, and who may ask for actions on
//! workers. Every caller may create tasks without an action. A task
//! that a caller may not see is treated as missing before these rules apply.

use access::{Caller, Role};

use crate::task::{DomainError, Field, Status, Task};

/// The attributes of a caller that decide about permissions.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    sub: String,
    /// Whether the caller may ask for actions, and cancel and retry them.
    is_admin: bool,
    /// Whether the caller is an admin or a service, which may change and delete every task.
    is_unrestricted: bool,
    is_manager: bool,
    department: Option<String>,
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        Self {
            sub: caller.sub.to_string(),
            is_admin: caller.is(Role::Admin),
            is_unrestricted: caller.is(Role::Admin) || caller.is(Role::Service),
            is_manager: caller.is(Role::Manager),
            department: caller.department.clone(),
        }
    }
}

impl Actor {
    /// Whether the caller manages the department of the task. A task and a manager without departments do not match.
    fn manages(&self, task: &Task) -> bool {
        self.is_manager && self.department.is_some() && self.department == task.department
    }

    fn is_creator(&self, task: &Task) -> bool {
        task.created_by == self.sub
    }

    fn is_assignee(&self, task: &Task) -> bool {
        task.assignee_id.as_deref() == Some(&self.sub)
    }

    /// Returns the explanation for a manager whose token names no department.
    fn notice(&self) -> &'static str {
        if self.is_manager && self.department.is_none() {
            "; your token has no department claim, so you manage no department"
        } else {
            ""
        }
    }

    fn may_change(&self, field: Field, task: &Task) -> bool {
        // A manager must not move a task to another department, which would take it away from its managers.
        self.is_unrestricted
            || (self.manages(task) && field != Field::Department)
            || (self.is_creator(task) && task.assignee_id.is_none())
            || (self.is_assignee(task) && matches!(field, Field::Description | Field::Status))
    }
}

/// Checks that the caller may change these fields, based on the task before the change.
pub(crate) fn change(actor: &Actor, task: &Task, fields: &[Field]) -> Result<(), DomainError> {
    let denied: Vec<&str> =
        fields.iter().filter(|it| !actor.may_change(**it, task)).map(Field::into_str).collect();
    if denied.is_empty() {
        return Ok(());
    }
    let who = if denied == ["department"] && actor.manages(task) {
        "managers cannot move a task to another department"
    } else {
        "this requires the role admin, or the role manager in its department, or that you created it and it is not \
         assigned; its assignee may change description and status"
    };
    let text = format!("you may not change {} of this task: {who}{}", denied.join(", "), actor.notice());
    Err(DomainError::ChangeNotAllowed(text))
}

/// Checks that the caller may delete the task: admins, services, managers of its department, and its creator while it is
/// pending. A live action is no way around [`cancel`]: [`Task::expect_deletable`] refuses to delete it, whoever asks.
pub(crate) fn delete(actor: &Actor, task: &Task) -> Result<(), DomainError> {
    let own_pending = actor.is_creator(task) && task.status == Status::Pending;
    if actor.is_unrestricted || actor.manages(task) || own_pending {
        return Ok(());
    }
    Err(DomainError::DeleteNotAllowed(if actor.notice().is_empty() {
        "deleting this task requires the role admin, or the role manager in its department, or that you created it \
         and it is still pending"
    } else {
        "your token has no department claim, so you manage no department; you may delete only tasks that you created, \
         while they are pending"
    }))
}

/// Checks that the caller may cancel the task: those who may delete it; an action, those who may ask for it.
pub(crate) fn cancel(actor: &Actor, task: &Task) -> Result<(), DomainError> {
    let may = if task.action.is_some() { ask_for_action(actor).is_ok() } else { delete(actor, task).is_ok() };
    if may {
        return Ok(());
    }
    let who = if task.action.is_some() {
        "cancelling an action requires the role admin"
    } else {
        "cancelling this task requires the role admin, or the role manager in its department, or that you created it \
         and it is still pending"
    };
    Err(DomainError::ChangeNotAllowed(format!("{who}{}", actor.notice())))
}

/// Checks that the caller may ask for an action on a worker, or for another run of it: admins only. A service acts with the
/// token of a person, or has the role admin as well.
pub(crate) fn ask_for_action(actor: &Actor) -> Result<(), DomainError> {
    if actor.is_admin {
        return Ok(());
    }
    Err(DomainError::RoleRequired("actions on workers require the role admin"))
}

#[cfg(test)]
mod tests {
    use platform::clock::Micros;
    use platform::violation::Violations;
    use strum::VariantArray as _;
    use uuid::Uuid;

    use super::*;
    use crate::task::{Creator, Draft};

    /// Makes a task of the department network, created by ada.
    fn task(assignee: Option<&str>) -> Task {
        let draft = Draft {
            title: "t".to_owned(),
            assignee_id: assignee.map(ToOwned::to_owned),
            department: Some("network".to_owned()),
            ..Draft::default()
        };
        let by = Creator { sub: "ada", department: None };
        Task::create(Uuid::nil(), draft.check(Violations::default()).unwrap(), &by, Micros(1))
    }

    fn user(sub: &str) -> Actor {
        Actor {
            sub: sub.to_owned(),
            is_admin: false,
            is_unrestricted: false,
            is_manager: false,
            department: None,
        }
    }

    fn manager(department: Option<&str>) -> Actor {
        Actor { is_manager: true, department: department.map(ToOwned::to_owned), ..user("mia") }
    }

    fn allowed(actor: &Actor, task: &Task) -> Vec<Field> {
        Field::VARIANTS.iter().copied().filter(|it| change(actor, task, &[*it]).is_ok()).collect()
    }

    #[test]
    fn an_admin_and_a_service_change_and_delete_everything() {
        let service = Actor { is_unrestricted: true, ..user("task-service") };
        let admin = Actor { is_admin: true, ..service.clone() };
        for actor in [service, admin] {
            assert_eq!(allowed(&actor, &task(Some("bob"))), Field::VARIANTS);
            assert!(delete(&actor, &Task { status: Status::Completed, ..task(None) }).is_ok());
        }
    }

    #[test]
    fn a_manager_changes_all_of_their_departments_tasks_but_the_department() {
        let own = allowed(&manager(Some("network")), &task(Some("bob")));
        assert_eq!(own.len(), 6);
        assert!(!own.contains(&Field::Department));
        assert!(delete(&manager(Some("network")), &Task { status: Status::Completed, ..task(None) }).is_ok());
        assert!(allowed(&manager(Some("storage")), &task(Some("bob"))).is_empty());
        assert!(delete(&manager(Some("storage")), &task(None)).is_err());
    }

    #[test]
    fn a_manager_without_a_department_is_told_so_and_shares_none() {
        let nowhere = Task { department: None, ..task(Some("bob")) };
        let refusals = [
            change(&manager(None), &nowhere, &[Field::Title]).unwrap_err(),
            delete(&manager(None), &nowhere).unwrap_err(),
        ];
        for refusal in refusals {
            assert!(refusal.to_string().contains("no department claim"), "{refusal}");
        }
    }

    #[test]
    fn an_assignee_changes_description_and_status_and_deletes_nothing() {
        assert_eq!(allowed(&user("bob"), &task(Some("bob"))), [Field::Description, Field::Status]);
        assert!(delete(&user("bob"), &task(Some("bob"))).is_err());
    }

    #[test]
    fn a_creator_changes_all_while_nobody_is_assigned() {
        assert_eq!(allowed(&user("ada"), &task(None)), Field::VARIANTS);
        assert!(allowed(&user("ada"), &task(Some("bob"))).is_empty());
        assert_eq!(allowed(&user("ada"), &task(Some("ada"))), [Field::Description, Field::Status]);
    }

    #[test]
    fn a_creator_deletes_their_own_while_it_is_pending() {
        assert!(delete(&user("ada"), &task(Some("bob"))).is_ok());
        assert!(delete(&user("ada"), &Task { status: Status::InProgress, ..task(None) }).is_err());
        assert!(delete(&user("eve"), &task(None)).is_err());
    }

    #[test]
    fn those_who_may_delete_a_task_may_cancel_it_and_only_admins_ask_for_actions() {
        let service = Actor { is_unrestricted: true, ..user("task-service") };
        let admin = Actor { is_admin: true, ..service.clone() };
        assert!(cancel(&user("ada"), &task(None)).is_ok());
        assert!(cancel(&user("bob"), &task(Some("bob"))).is_err());
        assert!(ask_for_action(&admin).is_ok());
        assert!(ask_for_action(&service).is_err());
        assert!(ask_for_action(&manager(Some("network"))).is_err());
    }

    #[test]
    fn a_refusal_names_every_field_that_is_not_allowed() {
        let fields = [Field::Title, Field::Status, Field::WorkerId];
        let text = change(&user("bob"), &task(Some("bob")), &fields).unwrap_err().to_string();
        assert!(text.starts_with("you may not change title, worker_id of this task"), "{text}");
    }
}
